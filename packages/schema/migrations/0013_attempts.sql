CREATE TABLE "freshet"."attempts" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"run" text NOT NULL,
	"computation" text NOT NULL,
	"partition" integer NOT NULL,
	"attempt" integer NOT NULL,
	"message" text NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone NOT NULL,
	"next_attempt_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "freshet"."attempts" ADD CONSTRAINT "attempts_run_runs_id_fk" FOREIGN KEY ("run") REFERENCES "freshet"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "attempts_run_index" ON "freshet"."attempts" USING btree ("run");