CREATE TABLE "freshet"."requests" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"command" text NOT NULL,
	"target" jsonb NOT NULL,
	"requested_at" timestamp with time zone DEFAULT now() NOT NULL,
	"run" text,
	"outcome" text,
	"message" text,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "freshet"."runs" ADD COLUMN "requested_at" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "requests_open_index" ON "freshet"."requests" USING btree ("id") WHERE "freshet"."requests"."ended_at" is null;