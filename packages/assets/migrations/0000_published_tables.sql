CREATE SCHEMA IF NOT EXISTS "movies";
--> statement-breakpoint
CREATE SCHEMA IF NOT EXISTS "stocktwits";
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS "movies"."box_office_by_release" (
	"period" varchar NOT NULL,
	"number" smallint NOT NULL,
	"films" integer NOT NULL,
	"total_revenue" bigint NOT NULL,
	"mean_revenue" numeric(20, 2) NOT NULL,
	"median_revenue" numeric(20, 2) NOT NULL,
	"adjusted_films" integer NOT NULL,
	"total_adjusted" numeric(20, 2),
	"mean_adjusted" numeric(20, 2),
	"median_adjusted" numeric(20, 2),
	"released_from" date NOT NULL,
	"released_to" date NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "box_office_by_release_period_number_pk" PRIMARY KEY("period","number")
);
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS "movies"."collections" (
	"collection_id" integer PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS "movies"."companies" (
	"company_id" integer PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS "movies"."countries" (
	"country_code" varchar PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS "movies"."cpi" (
	"month" date PRIMARY KEY NOT NULL,
	"consumer_price_index" numeric(8, 3) NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS "movies"."dates" (
	"release_date" date PRIMARY KEY NOT NULL,
	"day" smallint NOT NULL,
	"weekday" smallint NOT NULL,
	"week" smallint NOT NULL,
	"month" smallint NOT NULL,
	"quarter" smallint NOT NULL,
	"year" smallint NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS "movies"."genre_earnings" (
	"rank" integer NOT NULL,
	"genre_id" integer PRIMARY KEY NOT NULL,
	"genre" text NOT NULL,
	"films" integer NOT NULL,
	"total_adjusted" numeric(20, 2) NOT NULL,
	"mean_adjusted" numeric(20, 2),
	"total_revenue" bigint NOT NULL,
	"films_outside" integer NOT NULL,
	"revenue_outside" bigint NOT NULL,
	"released_from" date,
	"released_to" date,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS "movies"."genres" (
	"genre_id" integer PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS "movies"."highest_rated_films" (
	"rank" integer NOT NULL,
	"movie_id" integer PRIMARY KEY NOT NULL,
	"title" text,
	"release_year" smallint,
	"ratings" integer NOT NULL,
	"average_rating" numeric(6, 4) NOT NULL,
	"score" numeric(6, 4) NOT NULL,
	"rated_from" date NOT NULL,
	"rated_to" date NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS "movies"."keywords" (
	"keyword_id" integer PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS "movies"."languages" (
	"language_code" varchar PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS "movies"."movie_cast" (
	"movie_id" integer NOT NULL,
	"credit_id" varchar NOT NULL,
	"person_id" integer NOT NULL,
	"position" integer NOT NULL,
	"character" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "movie_cast_movie_id_credit_id_pk" PRIMARY KEY("movie_id","credit_id")
);
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS "movies"."movie_companies" (
	"movie_id" integer NOT NULL,
	"company_id" integer NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "movie_companies_movie_id_company_id_pk" PRIMARY KEY("movie_id","company_id")
);
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS "movies"."movie_countries" (
	"movie_id" integer NOT NULL,
	"country_code" varchar NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "movie_countries_movie_id_country_code_pk" PRIMARY KEY("movie_id","country_code")
);
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS "movies"."movie_crew" (
	"movie_id" integer NOT NULL,
	"credit_id" varchar NOT NULL,
	"person_id" integer NOT NULL,
	"department" text,
	"job" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "movie_crew_movie_id_credit_id_pk" PRIMARY KEY("movie_id","credit_id")
);
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS "movies"."movie_genres" (
	"movie_id" integer NOT NULL,
	"genre_id" integer NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "movie_genres_movie_id_genre_id_pk" PRIMARY KEY("movie_id","genre_id")
);
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS "movies"."movie_keywords" (
	"movie_id" integer NOT NULL,
	"keyword_id" integer NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "movie_keywords_movie_id_keyword_id_pk" PRIMARY KEY("movie_id","keyword_id")
);
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS "movies"."movie_languages" (
	"movie_id" integer NOT NULL,
	"language_code" varchar NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "movie_languages_movie_id_language_code_pk" PRIMARY KEY("movie_id","language_code")
);
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS "movies"."movies" (
	"movie_id" integer PRIMARY KEY NOT NULL,
	"imdb_id" varchar,
	"title" text,
	"original_title" text,
	"original_language" varchar,
	"is_adult" boolean,
	"status" varchar,
	"release_date" date,
	"runtime" numeric(6, 1),
	"budget" bigint,
	"revenue" bigint,
	"popularity" double precision,
	"vote_average" numeric(3, 1),
	"vote_count" integer,
	"collection_id" integer,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS "movies"."movies_outside_cpi" (
	"movie_id" integer PRIMARY KEY NOT NULL,
	"title" text,
	"release_date" date,
	"revenue" bigint NOT NULL,
	"reason" varchar NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS "movies"."people" (
	"person_id" integer PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"gender" varchar,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS "movies"."popular_genres" (
	"rank" integer NOT NULL,
	"genre_id" integer PRIMARY KEY NOT NULL,
	"genre" text NOT NULL,
	"ratings" integer NOT NULL,
	"share_of_ratings" numeric(5, 2) NOT NULL,
	"users" integer NOT NULL,
	"films" integer NOT NULL,
	"average_rating" numeric(6, 4) NOT NULL,
	"rated_from" date NOT NULL,
	"rated_to" date NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS "movies"."ratings" (
	"user_id" integer NOT NULL,
	"movielens_id" integer NOT NULL,
	"movie_id" integer NOT NULL,
	"rating" numeric(2, 1) NOT NULL,
	"rated_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "ratings_user_id_movielens_id_pk" PRIMARY KEY("user_id","movielens_id")
);
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS "movies"."ratings_without_film" (
	"movielens_id" integer PRIMARY KEY NOT NULL,
	"ratings" integer NOT NULL,
	"reason" varchar NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS "stocktwits"."room_rec_reasons" (
	"user_id" integer NOT NULL,
	"rec_id" integer NOT NULL,
	"reason_id" integer NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "room_rec_reasons_user_id_rec_id_reason_id_pk" PRIMARY KEY("user_id","rec_id","reason_id")
);
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS "stocktwits"."room_recs" (
	"user_id" integer NOT NULL,
	"rec_id" integer NOT NULL,
	"weight" integer NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "room_recs_user_id_rec_id_pk" PRIMARY KEY("user_id","rec_id")
);
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS "stocktwits"."rooms" (
	"id" integer PRIMARY KEY NOT NULL,
	"slug" varchar NOT NULL,
	"biotechnology" smallint NOT NULL,
	"cryptocurrencies" smallint NOT NULL,
	"day_trading" smallint NOT NULL,
	"etfs" smallint NOT NULL,
	"education" smallint NOT NULL,
	"energy" smallint NOT NULL,
	"equities" smallint NOT NULL,
	"forex" smallint NOT NULL,
	"fundamentals" smallint NOT NULL,
	"futures" smallint NOT NULL,
	"global_macro" smallint NOT NULL,
	"green_energy" smallint NOT NULL,
	"long_term_investing" smallint NOT NULL,
	"momentum_trading" smallint NOT NULL,
	"news" smallint NOT NULL,
	"non_market_talk" smallint NOT NULL,
	"options" smallint NOT NULL,
	"personal_finance" smallint NOT NULL,
	"precious_metals" smallint NOT NULL,
	"quant" smallint NOT NULL,
	"swing_trading" smallint NOT NULL,
	"technicals" smallint NOT NULL,
	"technology" smallint NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS "stocktwits"."user_rec_reasons" (
	"user_id" integer NOT NULL,
	"rec_id" integer NOT NULL,
	"reason_id" integer NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "user_rec_reasons_user_id_rec_id_reason_id_pk" PRIMARY KEY("user_id","rec_id","reason_id")
);
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS "stocktwits"."user_recs" (
	"user_id" integer NOT NULL,
	"rec_id" integer NOT NULL,
	"weight" integer NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "user_recs_user_id_rec_id_pk" PRIMARY KEY("user_id","rec_id")
);
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS "stocktwits"."users" (
	"id" integer PRIMARY KEY NOT NULL,
	"username" varchar NOT NULL,
	"experience" varchar,
	"approach" varchar,
	"holding_period" varchar,
	"bonds" smallint NOT NULL,
	"equities" smallint NOT NULL,
	"forex" smallint NOT NULL,
	"futures" smallint NOT NULL,
	"options" smallint NOT NULL,
	"private_companies" smallint NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
