ALTER TABLE "freshet"."declared_assets" ADD COLUMN "first_run_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
UPDATE "freshet"."declared_assets" AS declared SET "first_run_at" = coalesce(
	(SELECT min("recorded_at") FROM "freshet"."materializations" WHERE "asset" = declared."name"),
	now()
);
