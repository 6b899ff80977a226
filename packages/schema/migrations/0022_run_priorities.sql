ALTER TABLE "freshet"."runs" ADD COLUMN "kind" text DEFAULT 'interactive' NOT NULL;--> statement-breakpoint
ALTER TABLE "freshet"."runs" ADD COLUMN "priority" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
UPDATE "freshet"."runs" SET "kind" = 'schedule' WHERE "command" LIKE 'freshet schedule tick %';--> statement-breakpoint
UPDATE "freshet"."runs" SET "kind" = 'backfill' WHERE "command" LIKE 'freshet backfill %' OR "command" LIKE 'freshet materialize % --from %';--> statement-breakpoint
CREATE INDEX "runs_open_index" ON "freshet"."runs" USING btree ("priority") WHERE "freshet"."runs"."outcome" is null;