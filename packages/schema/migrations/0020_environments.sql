CREATE TABLE "freshet"."environments" (
	"name" text PRIMARY KEY NOT NULL,
	"schemas" text[] NOT NULL,
	"migration" bigint NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ready_at" timestamp with time zone
);
