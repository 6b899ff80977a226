CREATE TABLE "freshet"."published_partitions" (
	"table_name" text NOT NULL,
	"partition_key" text NOT NULL,
	"set" text NOT NULL,
	"asset" text NOT NULL,
	"data_version" text NOT NULL,
	"content" text NOT NULL,
	"file" text NOT NULL,
	"rows" bigint NOT NULL,
	"published_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "published_partitions_table_name_partition_key_pk" PRIMARY KEY("table_name","partition_key")
);
--> statement-breakpoint
ALTER TABLE "freshet"."publications" DROP COLUMN "partition";--> statement-breakpoint
INSERT INTO "freshet"."published_partitions"
SELECT DISTINCT ON ("change" ->> 'table') "change" ->> 'table', "publication"."partition_key", "publication"."set",
	coalesce("change" ->> 'asset', ''), coalesce("made"."data_version", ''), coalesce("change" ->> 'content', ''),
	coalesce("publication"."files" ->> ("position"::integer - 1), ''), ("change" ->> 'rows')::bigint, "publication"."published_at"
FROM "freshet"."publications" AS "publication"
CROSS JOIN LATERAL jsonb_array_elements("publication"."changes") WITH ORDINALITY AS "listed" ("change", "position")
LEFT JOIN "freshet"."materializations" AS "made" ON "made"."file" = "publication"."files" ->> ("position"::integer - 1)
WHERE "change" ->> 'table' IS NOT NULL
ORDER BY "change" ->> 'table', "publication"."id" DESC;
--> statement-breakpoint
UPDATE "freshet"."publications"
SET "changes" = (SELECT jsonb_agg("change" - 'content' ORDER BY "position") FROM jsonb_array_elements("changes") WITH ORDINALITY AS "listed" ("change", "position"))
WHERE jsonb_array_length("changes") > 0;
