ALTER TABLE "freshet"."materializations" ADD COLUMN "checksum" text;--> statement-breakpoint
ALTER TABLE "freshet"."materializations" ADD COLUMN "file_identity" text;