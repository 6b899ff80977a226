CREATE TABLE "freshet"."forgettings" (
	"epoch" bigint PRIMARY KEY NOT NULL,
	"mark" uuid DEFAULT gen_random_uuid() NOT NULL,
	"partitions" jsonb NOT NULL
);
