# Makes bootstrap.json (fits of given resamples), bollen_stine.json (the same of transformed rows), and
# bootstrap_intervals.json with bootstrap_intervals_rows.csv.gz (boot.ci of the mediation's a*b).
#   Rscript tests/golden/after_fit/make_bootstrap.R
# Rows are counted from 0. Every draw is polished like any other fit.
source("tests/golden/after_fit/fits.R")
suppressMessages(library(boot))

indices <- c("chisq", "cfi", "tli", "rmsea", "srmr")
drawn <- function(data, groups, draws, seed) {
  set.seed(seed)
  t(sapply(seq_len(draws), function(r) {
    rows <- seq_len(nrow(data))
    if (is.null(groups)) return(sample(rows, replace = TRUE))
    for (g in unique(groups)) rows[groups == g] <- sample(which(groups == g), replace = TRUE)
    rows
  }))
}
numbers_of_draw <- function(fit) {
  est <- subset(parameterEstimates(fit, remove.eq = FALSE), op != "==")
  std <- subset(standardizedSolution(fit, se = FALSE), op != "==")
  list(good = lavInspect(fit, "converged") && max(abs(slope_of(fit))) < 1e-7, est = est$est, se = est$se,
    std_all = std$est.std, fit = as.numeric(fitMeasures(fit, indices)))
}
labels_of <- function(fit) {
  est <- subset(parameterEstimates(fit, remove.eq = FALSE), op != "==")
  as.data.frame(unclass(est)[intersect(c("lhs", "op", "rhs", "group"), names(est))])
}
cases <- list(
  list("hs", hs, "hs", list()),
  list("democracy", democracy, "democracy", list()),
  list("mediation", mediation, "mediation", list()),
  list("hs_mlr", hs, "hs", list(estimator = "MLR")),
  list("hs_gaps", hs, "hs_gaps", list(missing = "ml")),
  list("hs_metric", hs, "hs", list(group = "school", group.equal = "loadings")),
  list("hs_gaps_metric", hs, "hs_gaps", list(group = "school", group.equal = "loadings", missing = "ml")))
records <- lapply(seq_along(cases), function(k) {
  case <- cases[[k]]
  data <- read_data(case[[3]])
  rows <- drawn(data, if (is.null(case[[4]]$group)) NULL else data[[case[[4]]$group]], 20, 100 + k)
  cat(case[[1]], "")
  whole <- polished(case[[2]], data, case[[4]])
  draws <- lapply(seq_len(nrow(rows)), function(r) {
    # the groups keep their order, also where a resample meets another first
    sample <- data[rows[r, ], ]
    options <- case[[4]]
    if (!is.null(options$group)) options$group.label <- lavInspect(whole, "group.label")
    tryCatch(numbers_of_draw(polished(case[[2]], sample, options)), error = function(e) list(good = FALSE))
  })
  cat(sum(sapply(draws, `[[`, "good")), "of", length(draws), "\n")
  record(case[[1]], paste0("for each line of rows: ", written_call("sem", case[[4]])), case[[3]], case[[2]], case[[4]],
    list(rows = rows - 1, parameters = labels_of(whole), fit_measures = I(indices), draws = draws))
})
save_records(records, "bootstrap.json")

# Bollen and Stine (1992): rows centred, times S^(-1/2) Sigma^(1/2), symmetric roots, S with divisor n, plus the means
# that the model implies; group by group.
power <- function(A, p) { e <- eigen(A, symmetric = TRUE); e$vectors %*% diag(e$values^p) %*% t(e$vectors) }
transformed <- function(fit, data) {
  where <- lavInspect(fit, "case.idx"); implied <- lavInspect(fit, "implied")
  if (!is.list(where)) { where <- list(where); implied <- list(implied) }
  for (g in seq_along(where)) {
    names <- rownames(implied[[g]]$cov)
    X <- as.matrix(data[where[[g]], names])
    S <- cov(X) * (nrow(X) - 1) / nrow(X)
    mean <- if (is.null(implied[[g]]$mean)) colMeans(X) else as.numeric(implied[[g]]$mean)
    data[where[[g]], names] <- sweep(scale(X, scale = FALSE) %*% power(S, -0.5) %*% power(implied[[g]]$cov, 0.5), 2, mean, "+")
  }
  data
}
stine <- list(
  list("hs", hs, "hs", list()),
  list("hs_means", hs, "hs", list(meanstructure = TRUE)),
  list("democracy", democracy, "democracy", list()),
  list("mediation_full", "M ~ a*X\nY ~ b*M\nab := a*b\n", "mediation", list(fixed.x = FALSE)),
  list("hs_metric", hs, "hs", list(group = "school", group.equal = "loadings")),
  list("hs_scalar", hs, "hs", list(group = "school", group.equal = c("loadings", "intercepts"))))
records <- lapply(seq_along(stine), function(k) {
  case <- stine[[k]]
  data <- read_data(case[[3]])
  rows <- drawn(data, if (is.null(case[[4]]$group)) NULL else data[[case[[4]]$group]], 20, 200 + k)
  cat(case[[1]], "")
  whole <- polished(case[[2]], data, case[[4]])
  started <- transformed(whole, data)
  options <- case[[4]]
  if (!is.null(options$group)) options$group.label <- lavInspect(whole, "group.label")
  cat("fit of the transformed rows", fitMeasures(polished(case[[2]], started, options), "chisq"), "")
  draws <- lapply(seq_len(nrow(rows)), function(r) tryCatch(numbers_of_draw(polished(case[[2]], started[rows[r, ], ], options)),
    error = function(e) list(good = FALSE)))
  cat(sum(sapply(draws, `[[`, "good")), "of", length(draws), "\n")
  names <- lavNames(whole, "ov")
  record(case[[1]], paste0("rows transformed, then for each line of rows: ", written_call("sem", case[[4]])), case[[3]],
    case[[2]], case[[4]], list(chisq = fitMeasures(whole, "chisq")[[1]], rows = rows - 1,
      first_transformed_rows = list(names = I(names), values = unname(as.matrix(started[1:3, names]))),
      draws = lapply(draws, function(d) list(good = d$good, chisq = d$fit[1], est = d$est))))
})
save_records(records, "bollen_stine.json")

# a*b of the mediation, by regression (which is maximum likelihood here, the model being saturated): its value and its
# delta-method variance, with residual variances of divisor n, as lavaan's.
data <- read_data("mediation")
indirect <- function(data, rows) {
  d <- data[rows, ]
  n <- nrow(d)
  first <- lm(M ~ X, d); second <- lm(Y ~ M + X, d)
  a <- coef(first)[["X"]]; b <- coef(second)[["M"]]
  variance <- function(model, name) vcov(model)[name, name] * model$df.residual / n
  c(a * b, b^2 * variance(first, "X") + a^2 * variance(second, "M"))
}
set.seed(20)
sets <- list()
for (R in c(999, 200)) {
  out <- boot(data, indirect, R = R)
  rows <- boot.array(out, indices = TRUE)
  n <- nrow(data)
  left_out <- sapply(seq_len(n), function(i) indirect(data, setdiff(seq_len(n), i))[1])
  jackknife <- (n - 1) * (mean(left_out) - left_out)
  regression <- empinf(out, index = 1)
  acceleration <- function(L) sum(L^3) / (6 * sum(L^2)^1.5)
  intervals <- function(level) {
    ends <- function(ci, name) as.numeric(tail(ci[[name]][1, ], 2))
    ci <- boot.ci(out, conf = level, type = c("norm", "basic", "perc", "stud", "bca"), index = 1:2)
    with_jackknife <- boot.ci(out, conf = level, type = "bca", index = 1, L = jackknife)
    tails <- c((1 - level) / 2, (1 + level) / 2)
    list(level = level, normal = ends(ci, "normal"), basic = ends(ci, "basic"), percentile = ends(ci, "percent"),
      studentised = ends(ci, "student"), bca_regression = ends(ci, "bca"), bca_jackknife = ends(with_jackknife, "bca"),
      percentile_type7 = as.numeric(quantile(out$t[, 1], tails, type = 7)),
      percentile_type6 = as.numeric(quantile(out$t[, 1], tails, type = 6)))
  }
  fit <- polished(mediation, data)
  stopifnot(abs(coef(fit, type = "user")[["ab"]] - out$t0[1]) < 1e-9,
    abs(subset(parameterEstimates(fit), label == "ab")$se - sqrt(out$t0[2])) < 1e-9)
  sets <- c(sets, list(list(draws = R, t0 = out$t0[1], se0 = sqrt(out$t0[2]), t = out$t[, 1], se = sqrt(out$t[, 2]),
    bias = mean(out$t[, 1]) - out$t0[1], sd_divisor_draws_less_one = sd(out$t[, 1]),
    z0 = qnorm(mean(out$t[, 1] < out$t0[1])), left_out = left_out, jackknife_values = jackknife,
    acceleration_jackknife = acceleration(jackknife), acceleration_regression = acceleration(regression),
    intervals = lapply(c(0.95, 0.9), intervals))))
  if (R == 999) {
    file <- gzfile(file.path(folder, "bootstrap_intervals_rows.csv.gz"), "w")
    write.table(rows - 1, file, sep = ",", row.names = FALSE, col.names = FALSE)
    close(file)
  } else sets[[2]]$rows <- rows - 1
}
write(toJSON(list(version = unbox(paste("boot", packageVersion("boot"))), call = unbox(paste("boot(data, indirect, R);",
  "boot.ci(conf, type = c(\"norm\", \"basic\", \"perc\", \"stud\", \"bca\")); bca_jackknife with L = jackknife values")),
  data = unbox("mediation"), model = unbox(mediation), quantity = unbox("ab"),
  rows_of_999 = unbox("bootstrap_intervals_rows.csv.gz, one resample a line"), sets = plain(sets)), digits = NA),
  file.path(folder, "bootstrap_intervals.json"))
