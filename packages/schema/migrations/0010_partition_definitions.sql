CREATE TABLE "freshet"."partition_definitions" (
	"id" serial PRIMARY KEY NOT NULL,
	"definition" text NOT NULL,
	CONSTRAINT "partition_definitions_definition_unique" UNIQUE("definition")
);
--> statement-breakpoint
ALTER TABLE "freshet"."declared_assets" ADD COLUMN "first_partitions" text;--> statement-breakpoint
ALTER TABLE "freshet"."declared_assets" ADD COLUMN "partitions" text;--> statement-breakpoint
ALTER TABLE "freshet"."declared_assets" ADD COLUMN "partitions_changed_at" timestamp with time zone;