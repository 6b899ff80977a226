CREATE TABLE "freshet"."log_lines" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"run" text NOT NULL,
	"step" text NOT NULL,
	"attempt" integer NOT NULL,
	"level" text NOT NULL,
	"printed_at" timestamp with time zone NOT NULL,
	"text" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "freshet"."log_lines" ADD CONSTRAINT "log_lines_run_runs_id_fk" FOREIGN KEY ("run") REFERENCES "freshet"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "log_lines_run_id_index" ON "freshet"."log_lines" USING btree ("run","id");--> statement-breakpoint
CREATE INDEX "log_lines_printed_at_index" ON "freshet"."log_lines" USING btree ("printed_at");