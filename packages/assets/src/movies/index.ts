import type { AnyAsset } from "@freshet/core"

import { boxOfficeByRelease } from "./box-office.ts"
import { movieCast, movieCrew, people } from "./credits.ts"
import { companies, countries, genres, languages } from "./film-labels.ts"
import { movieCompanies, movieCountries, movieGenres } from "./film-labels.ts"
import { movieLanguages } from "./film-labels.ts"
import { collections, dates, movies as films } from "./films.ts"
import { genreEarnings } from "./genre-earnings.ts"
import { highestRatedFilms } from "./highest-rated.ts"
import { filmKeywords, keywords, movieKeywords } from "./keywords.ts"
import { popularGenres } from "./popular-genres.ts"
import { cpi, filmRevenues, moviesOutsideCpi } from "./prices.ts"
import { filmRatings, ratings, ratingsWithoutFilm } from "./ratings.ts"
import { filmCredits, filmLabels, filmRecords } from "./records.ts"
import { defaultMoviesSettings, type MoviesSettings } from "./settings.ts"
import { creditsFile, keywordsFile, linksFile, metadataFile } from "./sources.ts"
import { priceIndexFile, ratingsFile } from "./sources.ts"

const labels = [
  genres,
  movieGenres,
  companies,
  movieCompanies,
  countries,
  movieCountries,
  languages,
  movieLanguages,
  keywords,
  movieKeywords,
]
const credits = [people, movieCast, movieCrew]

/** Assets about films, their ratings, and their revenue at constant ticket prices. */
export function movies(settings: Partial<MoviesSettings> = {}): readonly AnyAsset[] {
  const fullSettings = { ...defaultMoviesSettings, ...settings }
  const revenues = filmRevenues(fullSettings)
  return [
    metadataFile,
    ratingsFile,
    linksFile,
    creditsFile,
    keywordsFile,
    priceIndexFile,
    filmRecords,
    filmLabels,
    filmKeywords,
    filmCredits,
    films,
    collections,
    dates,
    ...labels,
    ...credits,
    ratings,
    ratingsWithoutFilm,
    filmRatings,
    cpi,
    revenues,
    moviesOutsideCpi(revenues),
    highestRatedFilms(fullSettings),
    popularGenres,
    boxOfficeByRelease(fullSettings, revenues),
    genreEarnings(fullSettings, revenues),
  ]
}
