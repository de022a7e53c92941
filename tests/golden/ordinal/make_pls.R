# Ordinal PLS by another road: the polychoric and polyserial correlations of lavaan's lavCor (0.6-14), and PLS (mode A,
# path scheme) with its consistent correction written down once more, from Dijkstra and Henseler (2015), eq. 3 to 13.
#   Rscript make_pls.R    (in this folder; writes pls.json)
suppressMessages({library(lavaan); library(jsonlite)})
d <- read.csv("../../data/reputation.csv")
d[d == -99] <- NA
blocks <- list(COMP = paste0("comp_", 1:3), LIKE = paste0("like_", 1:3), CUSA = "cusa", CUSL = paste0("cusl_", 1:3))
items <- unlist(blocks, use.names = FALSE)
d <- d[complete.cases(d[, items]), items]
predictors <- list(CUSA = c("COMP", "LIKE"), CUSL = c("COMP", "LIKE", "CUSA"))

consistent <- function(S) {
  W <- sapply(blocks, function(b) as.numeric(items %in% b)); rownames(W) <- items
  unit <- function(W) sweep(W, 2, sqrt(diag(t(W) %*% S %*% W)), "/")
  W <- unit(W)
  repeat {
    R <- t(W) %*% S %*% W
    E <- matrix(0, 4, 4, dimnames = dimnames(R))                 # the path scheme
    for (y in names(predictors)) {
      x <- predictors[[y]]
      E[x, y] <- solve(R[x, x], R[x, y]); E[y, x] <- R[y, x]
    }
    new <- (S %*% W %*% E) * (W != 0)
    new <- unit(new)
    if (max(abs(abs(new) - abs(W))) < 1e-12) break
    W <- new
  }
  W <- sweep(W, 2, sign(colSums(W)), "*")
  R <- t(W) %*% S %*% W
  rho <- sapply(names(blocks), function(j) {
    b <- blocks[[j]]; if (length(b) == 1) return(1)
    w <- W[b, j]; K <- S[b, b]; diag(K) <- 0; V <- w %*% t(w); diag(V) <- 0
    sum(w^2)^2 * c(t(w) %*% K %*% w) / c(t(w) %*% V %*% w)
  })
  C <- R / sqrt(rho %o% rho); diag(C) <- 1
  paths <- lapply(names(predictors), function(y) { x <- predictors[[y]]; setNames(solve(C[x, x], C[x, y]), x) })
  names(paths) <- names(predictors)
  loadings <- lapply(names(blocks), function(j) {
    b <- blocks[[j]]; w <- W[b, j]
    setNames(if (length(b) == 1) 1 else w * sqrt(rho[[j]]) / sum(w^2), b)
  })
  names(loadings) <- names(blocks)
  list(paths = lapply(paths, as.list), rho_a = as.list(rho), loadings = lapply(loadings, as.list),
       weights = lapply(setNames(names(blocks), names(blocks)), function(j) as.list(W[blocks[[j]], j, drop = TRUE])))
}
case <- function(ordered) {
  S <- unclass(lavCor(d, ordered = ordered))[items, items]
  list(ordered = ordered, n = nrow(d), correlations = S, numbers = consistent(S))
}
found <- list(all = case(items), mixed = case(setdiff(items, "cusa")), items = items)
write(toJSON(found, digits = 14, auto_unbox = TRUE), "pls.json")
