CREATE SCHEMA "stwitter_staging";
--> statement-breakpoint
CREATE SCHEMA "stwitter";
--> statement-breakpoint
CREATE TABLE "stwitter_staging"."sentiments" (
	"day" date NOT NULL,
	"tweet_id" bigint NOT NULL,
	"sentiment" text NOT NULL,
	"positive" double precision NOT NULL,
	"neutral" double precision NOT NULL,
	"negative" double precision NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "sentiments_day_tweet_id_pk" PRIMARY KEY("day","tweet_id")
);
--> statement-breakpoint
CREATE TABLE "stwitter_staging"."tickers" (
	"day" date NOT NULL,
	"ticker_id" text NOT NULL,
	"quoted_at" timestamp with time zone NOT NULL,
	"number" integer NOT NULL,
	"price" double precision NOT NULL,
	"change_percent" double precision NOT NULL,
	"day_volume" bigint NOT NULL,
	"change" double precision NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "tickers_ticker_id_quoted_at_number_pk" PRIMARY KEY("ticker_id","quoted_at","number")
);
--> statement-breakpoint
CREATE TABLE "stwitter_staging"."tweets" (
	"day" date NOT NULL,
	"tweet_id" bigint NOT NULL,
	"user_id" bigint NOT NULL,
	"tweeted_at" timestamp with time zone NOT NULL,
	"source" text,
	"retweet_count" integer NOT NULL,
	"favorite_count" integer NOT NULL,
	"text" text NOT NULL,
	"ticker_ids" text[] NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "tweets_day_tweet_id_pk" PRIMARY KEY("day","tweet_id")
);
--> statement-breakpoint
CREATE TABLE "stwitter_staging"."users" (
	"day" date NOT NULL,
	"user_id" bigint NOT NULL,
	"tweeted_at" timestamp with time zone NOT NULL,
	"name" text NOT NULL,
	"joined_at" timestamp with time zone NOT NULL,
	"location" text,
	"description" text,
	"followers_count" integer NOT NULL,
	"statuses_count" integer NOT NULL,
	"is_verified" boolean NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "users_day_user_id_pk" PRIMARY KEY("day","user_id")
);
--> statement-breakpoint
CREATE TABLE "stwitter_staging"."tickers_info" (
	"ticker_id" text PRIMARY KEY NOT NULL,
	"full_name" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "stwitter"."tickers_minute_avg" (
	"day" date NOT NULL,
	"ticker_id" text NOT NULL,
	"minute" timestamp with time zone NOT NULL,
	"price" numeric(18, 6) NOT NULL,
	"quotes" integer NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "tickers_minute_avg_ticker_id_minute_pk" PRIMARY KEY("ticker_id","minute")
);
--> statement-breakpoint
CREATE TABLE "stwitter"."tweets" (
	"day" date NOT NULL,
	"tweet_id" bigint NOT NULL,
	"tweeted_at" timestamp with time zone NOT NULL,
	"ticker_ids" text[] NOT NULL,
	"user_id" bigint NOT NULL,
	"user_name" text NOT NULL,
	"text" text NOT NULL,
	"sentiment" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "tweets_day_tweet_id_pk" PRIMARY KEY("day","tweet_id")
);
--> statement-breakpoint
CREATE TABLE "stwitter"."tweets_sentiments_minute_sum" (
	"day" date NOT NULL,
	"ticker_id" text NOT NULL,
	"minute" timestamp with time zone NOT NULL,
	"positive_count" integer NOT NULL,
	"negative_count" integer NOT NULL,
	"neutral_count" integer NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "tweets_sentiments_minute_sum_ticker_id_minute_pk" PRIMARY KEY("ticker_id","minute")
);
--> statement-breakpoint
CREATE INDEX "tweets_tweeted_at_index" ON "stwitter"."tweets" USING btree ("tweeted_at");--> statement-breakpoint
CREATE VIEW "stwitter"."tickers_aapl_minute_avg" AS (select "minute" at time zone 'America/New_York' as "ticker_minute_freq", "price" from "stwitter"."tickers_minute_avg" where "stwitter"."tickers_minute_avg"."ticker_id" = 'AAPL');--> statement-breakpoint
CREATE VIEW "stwitter"."tickers_amzn_minute_avg" AS (select "minute" at time zone 'America/New_York' as "ticker_minute_freq", "price" from "stwitter"."tickers_minute_avg" where "stwitter"."tickers_minute_avg"."ticker_id" = 'AMZN');--> statement-breakpoint
CREATE VIEW "stwitter"."tickers_goog_minute_avg" AS (select "minute" at time zone 'America/New_York' as "ticker_minute_freq", "price" from "stwitter"."tickers_minute_avg" where "stwitter"."tickers_minute_avg"."ticker_id" = 'GOOG');--> statement-breakpoint
CREATE VIEW "stwitter"."tweets_aapl" AS (select "tweeted_at" at time zone 'America/New_York' as "tweet_created_at", "tweet_id", "user_name", "text" as "tweet_text", "sentiment" from "stwitter"."tweets" where 'AAPL' = any("stwitter"."tweets"."ticker_ids"));--> statement-breakpoint
CREATE VIEW "stwitter"."tweets_aapl_sentiments_minute_sum" AS (select "minute" at time zone 'America/New_York' as "tweets_minute_freq", "positive_count", "negative_count", "neutral_count" from "stwitter"."tweets_sentiments_minute_sum" where "stwitter"."tweets_sentiments_minute_sum"."ticker_id" = 'AAPL');--> statement-breakpoint
CREATE VIEW "stwitter"."tweets_amzn" AS (select "tweeted_at" at time zone 'America/New_York' as "tweet_created_at", "tweet_id", "user_name", "text" as "tweet_text", "sentiment" from "stwitter"."tweets" where 'AMZN' = any("stwitter"."tweets"."ticker_ids"));--> statement-breakpoint
CREATE VIEW "stwitter"."tweets_amzn_sentiments_minute_sum" AS (select "minute" at time zone 'America/New_York' as "tweets_minute_freq", "positive_count", "negative_count", "neutral_count" from "stwitter"."tweets_sentiments_minute_sum" where "stwitter"."tweets_sentiments_minute_sum"."ticker_id" = 'AMZN');--> statement-breakpoint
CREATE VIEW "stwitter"."tweets_goog" AS (select "tweeted_at" at time zone 'America/New_York' as "tweet_created_at", "tweet_id", "user_name", "text" as "tweet_text", "sentiment" from "stwitter"."tweets" where 'GOOG' = any("stwitter"."tweets"."ticker_ids"));--> statement-breakpoint
CREATE VIEW "stwitter"."tweets_goog_sentiments_minute_sum" AS (select "minute" at time zone 'America/New_York' as "tweets_minute_freq", "positive_count", "negative_count", "neutral_count" from "stwitter"."tweets_sentiments_minute_sum" where "stwitter"."tweets_sentiments_minute_sum"."ticker_id" = 'GOOG');