CREATE SCHEMA "shop";
--> statement-breakpoint
CREATE TABLE "shop"."product_sales" (
	"product" varchar PRIMARY KEY NOT NULL,
	"pieces" bigint NOT NULL,
	"revenue" numeric(18, 2) NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
