CREATE TABLE "freshet"."published_tables" (
	"table_name" text PRIMARY KEY NOT NULL,
	"writers" text[] NOT NULL
);
--> statement-breakpoint
ALTER TABLE "freshet"."published_partitions" ADD COLUMN "checksum" text;