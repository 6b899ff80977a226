CREATE TABLE "freshet"."declared_assets" (
	"name" text PRIMARY KEY NOT NULL,
	"removed_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "freshet"."identity" (
	"only" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"ledger" uuid DEFAULT gen_random_uuid() NOT NULL,
	"epoch" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "identity_only" CHECK ("freshet"."identity"."only")
);
--> statement-breakpoint
CREATE TABLE "freshet"."static_keys" (
	"id" serial PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	CONSTRAINT "static_keys_key_unique" UNIQUE("key")
);
--> statement-breakpoint
ALTER TABLE "freshet"."materializations" ADD COLUMN "fingerprint" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "freshet"."materializations" ALTER COLUMN "fingerprint" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "freshet"."materializations" ADD COLUMN "touched" bigint;--> statement-breakpoint
UPDATE "freshet"."materializations" SET "touched" = "step";--> statement-breakpoint
ALTER TABLE "freshet"."materializations" ALTER COLUMN "touched" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "freshet"."publications" ADD COLUMN "files" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "freshet"."runs" ADD COLUMN "work" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "freshet"."runs" ADD COLUMN "cancel_requested_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "freshet"."steps" ADD COLUMN "fingerprint" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "freshet"."steps" ALTER COLUMN "fingerprint" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "freshet"."steps" ADD COLUMN "bytes" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "freshet"."steps" ALTER COLUMN "bytes" DROP DEFAULT;--> statement-breakpoint
UPDATE "freshet"."steps" SET "bytes" = "made"."bytes" FROM (SELECT "step", sum("bytes") AS "bytes" FROM "freshet"."materializations" GROUP BY "step") AS "made" WHERE "made"."step" = "steps"."id";--> statement-breakpoint
CREATE INDEX "materializations_touched_index" ON "freshet"."materializations" USING btree ("touched");--> statement-breakpoint
CREATE INDEX "steps_made_index" ON "freshet"."steps" USING btree ("computation","id") WHERE "freshet"."steps"."outcome" = 'made';--> statement-breakpoint
INSERT INTO "freshet"."identity" DEFAULT VALUES;--> statement-breakpoint
INSERT INTO "freshet"."declared_assets" ("name") SELECT DISTINCT "asset" FROM "freshet"."materializations";
