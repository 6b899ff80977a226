CREATE TABLE "freshet"."claims" (
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"partition" integer NOT NULL,
	"worker" integer NOT NULL,
	"claimed_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "claims_kind_name_partition_pk" PRIMARY KEY("kind","name","partition")
);
--> statement-breakpoint
CREATE TABLE "freshet"."workers" (
	"id" serial PRIMARY KEY NOT NULL,
	"run" text NOT NULL,
	"host" text NOT NULL,
	"pid" integer NOT NULL,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"heartbeat_at" timestamp with time zone DEFAULT now() NOT NULL,
	"lease_until" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "freshet"."runs" ADD COLUMN "worker" integer;--> statement-breakpoint
CREATE INDEX "claims_worker_index" ON "freshet"."claims" USING btree ("worker");--> statement-breakpoint
CREATE INDEX "workers_live_index" ON "freshet"."workers" USING btree ("id") WHERE "freshet"."workers"."ended_at" is null;