ALTER TABLE "freshet"."forgettings" RENAME TO "wipes";--> statement-breakpoint
ALTER TABLE "freshet"."wipes" RENAME COLUMN "mark" TO "identity";--> statement-breakpoint
ALTER INDEX "freshet"."forgettings_pkey" RENAME TO "wipes_pkey";--> statement-breakpoint
ALTER TABLE "freshet"."steps" RENAME COLUMN "kept" TO "failed_files";--> statement-breakpoint
ALTER TABLE "freshet"."materializations" RENAME COLUMN "touched" TO "last_step";--> statement-breakpoint
ALTER INDEX "freshet"."materializations_touched_index" RENAME TO "materializations_last_step_index";--> statement-breakpoint
DROP INDEX "freshet"."steps_ended_badly_index";--> statement-breakpoint
DROP INDEX "freshet"."steps_made_index";--> statement-breakpoint
UPDATE "freshet"."steps" SET "outcome" = CASE "outcome" WHEN 'made' THEN 'materialized' ELSE 'checks_failed' END WHERE "outcome" IN ('made', 'refused');--> statement-breakpoint
CREATE INDEX "steps_failed_index" ON "freshet"."steps" USING btree ("computation","partition","id") WHERE "freshet"."steps"."outcome" in ('failed', 'checks_failed');--> statement-breakpoint
CREATE INDEX "steps_materialized_index" ON "freshet"."steps" USING btree ("computation","id") WHERE "freshet"."steps"."outcome" = 'materialized';
