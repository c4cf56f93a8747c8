# Writes psychometrics.json: what R's psych and lavaan find on public data.
#   SIMULACRA_TEST_DATA=FOLDER Rscript tests/reference/psychometrics.R > tests/reference/psychometrics.json
# Debian: r-cran-psych, r-cran-psychtools, r-cran-gparotation, r-cran-lavaan, r-cran-jsonlite.
suppressMessages({
  library(psych)
  library(lavaan)
  library(jsonlite)
})
folder <- file.path(Sys.getenv("SIMULACRA_TEST_DATA", "../shared/data"), "spi")
people <- read.csv(file.path(folder, "respondents.csv"))
keys <- fromJSON(file.path(folder, "keys.json"))

# Reverse-keyed items turned round on their six points.
keyed <- function(keys) {
  names <- sub("^-", "", keys)
  data <- people[, names]
  turned <- startsWith(keys, "-")
  data[, turned] <- 7 - data[, turned]
  data
}

# Every tenth answer or so gone, the same ones for whoever reads this: rows and columns from 0.
holed <- function(data) {
  rows <- row(data) - 1
  columns <- col(data) - 1
  data[(rows * 7 + columns * 3) %% 11 == 0] <- NA
  data
}

inner <- function(data) {
  found <- suppressWarnings(alpha(data))
  ends <- alpha.ci(found$total$raw_alpha, n.obs = nrow(data), n.var = ncol(data), digits = 8)
  list(
    alpha = found$total$raw_alpha, low = ends$lower.ci, high = ends$upper.ci,
    mean_r = found$total$average_r, item_total = found$item.stats$r.drop,
    means = found$item.stats$mean, sds = found$item.stats$sd
  )
}

omegas <- function(data, groups) {
  found <- suppressWarnings(suppressMessages(omega(data, nfactors = groups, plot = FALSE)))
  list(total = found$omega.tot, hierarchical = found$omega_h)
}

fit <- function(scales) {
  data <- do.call(cbind, lapply(unname(scales), keyed))
  model <- sapply(names(scales), function(name) {
    paste(name, "=~", paste(sub("^-", "", scales[[name]]), collapse = " + "))
  })
  found <- cfa(paste(model, collapse = "\n"), data = data, std.lv = TRUE)
  wanted <- c("chisq", "df", "cfi", "tli", "rmsea", "rmsea.ci.lower", "rmsea.ci.upper", "srmr")
  c(list(n = nrow(data)), as.list(fitMeasures(found, wanted)))
}

judges <- matrix(c(
  9, 2, 5, 8, 6, 1, 3, 2, 8, 4, 6, 8, 7, 1, 2, 6, 10, 5, 6, 9, 6, 2, 4, 7
), ncol = 4, byrow = TRUE)
agreement <- suppressMessages(ICC(judges, lmer = FALSE))$results
big <- c("Agree", "Consc", "Neuro", "Extra", "Open")
scales <- c(big, "Trust", "Humor")
first <- people[, sub("^-", "", keys$Trust)]
found <- list(
  versions = list(
    R = paste(R.version$major, R.version$minor, sep = "."),
    psych = as.character(packageVersion("psych")),
    lavaan = as.character(packageVersion("lavaan"))
  ),
  shrout_fleiss = setNames(
    lapply(seq_len(6), function(at) {
      list(
        value = agreement$ICC[at], low = agreement$`lower bound`[at],
        high = agreement$`upper bound`[at]
      )
    }),
    agreement$type
  ),
  inner = setNames(lapply(scales, function(one) inner(keyed(keys[[one]]))), scales),
  inner_holed = setNames(lapply(scales, function(one) inner(holed(keyed(keys[[one]])))), scales),
  omega_one = setNames(lapply(scales, function(one) omegas(keyed(keys[[one]]), 1)), scales),
  omega_three = setNames(lapply(big, function(one) omegas(keyed(keys[[one]]), 3)), big),
  cfa = list(
    Trust = fit(keys["Trust"]),
    three = fit(keys[c("Trust", "Order", "Anxiety")]),
    five = fit(keys[c("Trust", "Order", "Anxiety", "Humor", "Sociability")])
  ),
  pairs = list(
    pearson = as.list(cor.test(first[, 1], first[, 2])$conf.int),
    kendall = cor(first[, 1], first[, 2], method = "kendall")
  )
)
cat(toJSON(found, auto_unbox = TRUE, digits = 10, pretty = TRUE), "\n")
