CREATE SCHEMA "graph_recs";
--> statement-breakpoint
CREATE TABLE "graph_recs"."closest_connections" (
	"user_id" integer NOT NULL,
	"closest_connection" integer NOT NULL,
	"weight" numeric(18, 8) NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "closest_connections_user_id_closest_connection_pk" PRIMARY KEY("user_id","closest_connection")
);
--> statement-breakpoint
CREATE TABLE "graph_recs"."rec_reasons" (
	"user_id" integer NOT NULL,
	"rec_id" integer NOT NULL,
	"reason_id" integer NOT NULL,
	"weight" numeric(18, 8) NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "rec_reasons_user_id_rec_id_reason_id_pk" PRIMARY KEY("user_id","rec_id","reason_id")
);
--> statement-breakpoint
CREATE TABLE "graph_recs"."recommendations" (
	"user_id" integer NOT NULL,
	"rec_id" integer NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "recommendations_user_id_rec_id_pk" PRIMARY KEY("user_id","rec_id")
);
