CREATE TABLE "freshet"."arrivals" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"partition" text NOT NULL,
	"version" text NOT NULL,
	"settled_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "freshet"."schedules" (
	"name" text PRIMARY KEY NOT NULL,
	"since_at" timestamp with time zone DEFAULT now() NOT NULL,
	"paused_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "freshet"."ticks" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"schedule" text NOT NULL,
	"tick_at" timestamp with time zone NOT NULL,
	"plan_version" text,
	"last_arrival" bigint DEFAULT 0 NOT NULL,
	"arrived" jsonb,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL,
	"run" text,
	"outcome" text,
	"message" text,
	"ended_at" timestamp with time zone,
	CONSTRAINT "ticks_schedule_tick_at_unique" UNIQUE("schedule","tick_at")
);
--> statement-breakpoint
CREATE INDEX "arrivals_source_partition_id_index" ON "freshet"."arrivals" USING btree ("source","partition","id");--> statement-breakpoint
CREATE INDEX "ticks_open_index" ON "freshet"."ticks" USING btree ("id") WHERE "freshet"."ticks"."ended_at" is null;