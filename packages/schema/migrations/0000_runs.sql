CREATE SCHEMA IF NOT EXISTS "freshet";
--> statement-breakpoint
CREATE TABLE "freshet"."check_results" (
	"step" bigint NOT NULL,
	"asset" text NOT NULL,
	"name" text NOT NULL,
	"severity" text NOT NULL,
	"passed" boolean NOT NULL,
	"failures" bigint NOT NULL,
	"sample" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "freshet"."line_counts" (
	"step" bigint NOT NULL,
	"source" text NOT NULL,
	"lines" bigint NOT NULL,
	"rows" bigint NOT NULL,
	"quarantined" bigint NOT NULL,
	"reasons" jsonb NOT NULL,
	"file" text
);
--> statement-breakpoint
CREATE TABLE "freshet"."materializations" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"asset" text NOT NULL,
	"partition" integer NOT NULL,
	"code_version" text NOT NULL,
	"input_version" text NOT NULL,
	"data_version" text NOT NULL,
	"file" text NOT NULL,
	"rows" bigint NOT NULL,
	"bytes" bigint NOT NULL,
	"duration_ms" bigint NOT NULL,
	"recorded_at" timestamp with time zone NOT NULL,
	"check_version" text NOT NULL,
	"failed_errors" integer NOT NULL,
	"failed_warnings" integer NOT NULL,
	"step" bigint NOT NULL,
	"seq" bigserial NOT NULL,
	"contradicted_version" text,
	CONSTRAINT "materializations_asset_partition_input_version_unique" UNIQUE("asset","partition","input_version")
);
--> statement-breakpoint
CREATE TABLE "freshet"."publications" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"set" text NOT NULL,
	"partition" integer NOT NULL,
	"partition_key" text NOT NULL,
	"version" text NOT NULL,
	"run" text NOT NULL,
	"changes" jsonb NOT NULL,
	"published_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "freshet"."query_texts" (
	"text_hash" text NOT NULL,
	"engine_version" text NOT NULL,
	"parsed_hash" text NOT NULL,
	CONSTRAINT "query_texts_text_hash_engine_version_pk" PRIMARY KEY("text_hash","engine_version")
);
--> statement-breakpoint
CREATE TABLE "freshet"."runs" (
	"id" text PRIMARY KEY NOT NULL,
	"command" text NOT NULL,
	"steps" integer NOT NULL,
	"host" text NOT NULL,
	"pid" integer NOT NULL,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone,
	"outcome" text
);
--> statement-breakpoint
CREATE TABLE "freshet"."source_files" (
	"path" text PRIMARY KEY NOT NULL,
	"bytes" bigint NOT NULL,
	"identity" text NOT NULL,
	"hash" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "freshet"."steps" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"run" text NOT NULL,
	"computation" text NOT NULL,
	"partition" integer NOT NULL,
	"input_version" text NOT NULL,
	"outcome" text NOT NULL,
	"message" text,
	"hint" text,
	"kept" jsonb,
	"reads" jsonb NOT NULL,
	"rows" bigint NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "freshet"."check_results" ADD CONSTRAINT "check_results_step_steps_id_fk" FOREIGN KEY ("step") REFERENCES "freshet"."steps"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "freshet"."line_counts" ADD CONSTRAINT "line_counts_step_steps_id_fk" FOREIGN KEY ("step") REFERENCES "freshet"."steps"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "freshet"."materializations" ADD CONSTRAINT "materializations_step_steps_id_fk" FOREIGN KEY ("step") REFERENCES "freshet"."steps"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "freshet"."steps" ADD CONSTRAINT "steps_run_runs_id_fk" FOREIGN KEY ("run") REFERENCES "freshet"."runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "check_results_step_index" ON "freshet"."check_results" USING btree ("step");--> statement-breakpoint
CREATE INDEX "line_counts_step_index" ON "freshet"."line_counts" USING btree ("step");--> statement-breakpoint
CREATE UNIQUE INDEX "materializations_asset_partition_seq_index" ON "freshet"."materializations" USING btree ("asset","partition","seq");--> statement-breakpoint
CREATE INDEX "publications_set_id_index" ON "freshet"."publications" USING btree ("set","id");--> statement-breakpoint
CREATE INDEX "runs_started_at_index" ON "freshet"."runs" USING btree ("started_at");--> statement-breakpoint
CREATE INDEX "steps_run_index" ON "freshet"."steps" USING btree ("run");--> statement-breakpoint
CREATE INDEX "steps_computation_partition_id_index" ON "freshet"."steps" USING btree ("computation","partition","id");--> statement-breakpoint
CREATE INDEX "steps_ended_badly_index" ON "freshet"."steps" USING btree ("computation","partition","id") WHERE "freshet"."steps"."outcome" in ('failed', 'refused');