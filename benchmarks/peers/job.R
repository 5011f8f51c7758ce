# One R package at one task and size: prints seconds, peak memory and numbers as JSON.
# Rscript job.R PROGRAM TASK SIDE TABLE.csv
args <- commandArgs(TRUE)
program <- args[1]; task <- args[2]; side <- as.integer(args[3]); file <- args[4]
suppressWarnings(suppressMessages({library(spdep); library(Matrix)}))
say <- function(time, numbers) {
  status <- readLines("/proc/self/status")
  peak <- as.numeric(gsub("[^0-9]", "", grep("VmHWM", status, value = TRUE))) / 1024
  parts <- c(seconds = time, peak_mb = peak, numbers)
  cat(sprintf("{%s}\n", paste(sprintf("\"%s\": %.10g", names(parts), parts), collapse = ", ")))
}
clock <- function(call) { start <- proc.time()[["elapsed"]]; value <- call(); list(value = value, time = proc.time()[["elapsed"]] - start) }
near <- cell2nb(side, side, type = "queen")
lw <- nb2listw(near, style = "W")
model <- y ~ x1 + x2 + x3
if (program == "spatialreg" && task %in% c("cross", "simulate")) {
  suppressWarnings(suppressMessages(library(spatialreg)))
  data <- read.csv(file)
  W <- as(lw, "CsparseMatrix")
  fit_it <- function() {
    fit <- lagsarlm(model, data, lw, Durbin = TRUE, method = "Matrix", control = list(compiled_sse = TRUE))
    traces <- trW(W, type = if (side > 100) "MC" else "mult")
    list(fit = fit, traces = traces, effects = impacts(fit, tr = traces))
  }
  if (task == "cross") {
    done <- clock(fit_it)
    say(done$time, c(rho = unname(done$value$fit$rho), indirect = unname(done$value$effects$indirect[1])))
  } else {
    known <- fit_it()
    done <- clock(function() summary(impacts(known$fit, tr = known$traces, R = 1000), zstats = TRUE))
    say(done$time, c(indirect = unname(known$effects$indirect[1])))
  }
} else if (program == "spdep" && task == "lisa") {
  data <- read.csv(file)
  done <- clock(function() localmoran_perm(data$value, lw, nsim = 999))
  say(done$time, c(significant = sum(done$value[, 6] <= 0.05)))
} else if (program == "splm" && task == "panel") {
  suppressWarnings(suppressMessages(library(splm)))
  data <- pdata.frame(read.csv(file), index = c("unit", "year"))
  done <- clock(function() spml(model, data, listw = lw, model = "within", effect = "twoways", lag = TRUE, spatial.error = "none"))
  say(done$time, c(rho = unname(done$value$coefficients["lambda"])))
} else if (program == "SDPDmod" && task == "panel") {
  suppressWarnings(suppressMessages(library(SDPDmod)))
  data <- read.csv(file)
  W <- as.matrix(as(lw, "CsparseMatrix"))
  done <- clock(function() { fit <- SDPDm(model, data, W, index = c("unit", "year"), model = "sdm", effect = "twoways", LYtrans = TRUE); list(fit = fit, effects = impactsSDPDm(fit, NSIM = 200)) })
  say(done$time, c(rho = unname(done$value$fit$rho)))
}
