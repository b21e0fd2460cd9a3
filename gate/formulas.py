"""Where every number of a verdict comes from: one paragraph for each formula, with its source."""

from __future__ import annotations

from collections.abc import Mapping

SAMPLING = (
    "The interval covers which rows happened to be in the test set; it does not cover how much another training "
    "with other random numbers would differ."
)

FORMULAS: Mapping[str, str] = {
    "point": (
        "The loss is best - new where the metric should rise, new - best where it should fall. It may be as large as "
        "the allowed share of |best|, or the allowed absolute amount, plus a billionth for the rounding of decimals. "
        "Two reported points are compared; how uncertain they are is unknown."
    ),
    "floor": (
        "The candidate's own value must be at least, or at most, a fixed number, whatever the best has. One reported "
        "point; how uncertain it is is unknown."
    ),
    "tango": (
        "Paired difference of two shares: (b - c) / N, b rows only the candidate has right, c only the best. The "
        "interval holds every difference d for which b - c - N d is within z standard errors, these computed with the "
        "likeliest shares under d (Tango, Statistics in Medicine 1998). It never has width zero. " + SAMPLING
    ),
    "contrast": (
        "For a margin of t relative to the best: the mean over rows of right_new - (1 - t) right_best, with its "
        "standard error, after one row more that only the candidate has right and one that only the best has (as "
        "Bonett and Price, Statistics in Medicine 2012). Above 0 less than t is lost. It is drawn as a difference, "
        "moved by t times the best's value. " + SAMPLING
    ),
    "newcombe": (
        "Difference of two shares of rows that are not known to be the same: from the Wilson intervals of each "
        "(Newcombe, Statistics in Medicine 1998, method 10; with a relative margin Donner and Zou 2012). About twice "
        "as wide as on paired rows. " + SAMPLING
    ),
    "bootstrap": (
        "Poisson bootstrap (Chamandy et al. 2012): in each of the replicates every row gets a weight drawn from "
        "Poisson(1), both scores are computed from the weighted counts, over a fixed set of classes; the interval has "
        "the percentiles of their difference. Always the same random numbers. Where the models differ on fewer than "
        "ten rows each replicate gets imagined rows, one broken and one mended. For macro-F1 the percentiles are "
        "moved to the observed difference, and widened by what classes with fewer than five rows vary between each "
        "other beyond what their own rows can show. " + SAMPLING
    ),
    "blocks": (
        "Poisson bootstrap of blocks of rows: every block gets one weight drawn from Poisson(1), so that rows of one "
        "group are drawn together and weights of rows count. The interval has the percentiles of the difference over "
        "the replicates. " + SAMPLING
    ),
    "confusions": (
        "Poisson bootstrap of rows that are not known to be the same: each model's rows are drawn by themselves, "
        "which makes the interval wider than on paired rows. " + SAMPLING
    ),
    "delta": (
        "Delta method: what one row more of truth t predicted as p adds to a mean of F1 is (2 [t = p] w_t - F_t w_t) "
        "/ D_t - F_p w_p / D_p, with D = 2TP + FP + FN and w the weight of a class in the mean; the standard error is "
        "the root of the sum of its squared differences between the models over all rows. Only used where every class "
        "has D of 50 or more. " + SAMPLING
    ),
    "swap": (
        "Exact swap test per class: were the models interchangeable, each row that one model alone has right as the "
        "class, or claims wrongly for it, would go either way with probability 1/2; p is the chance of a change of F1 "
        "as bad as observed (beyond 400 such rows by the normal distribution). Over all classes with at least 5 such "
        "rows Benjamini and Hochberg (1995) bound the share of false alarms. 'Drop at least' is the change plus 1.645 "
        "standard errors."
    ),
    "wilson": (
        "A share of rows with its score interval (Wilson, JASA 1927). Negative flips are rows that the best has right "
        "and the candidate has wrong (Yan et al., CVPR 2021); churn are rows predicted differently. " + SAMPLING
    ),
    "relative_nfr": (
        "The negative flip rate over what two models with independent mistakes would show: NFR / ((1 - error of the "
        "best) (error of the candidate)) (Yan et al., CVPR 2021); the interval by the delta method on its logarithm, "
        "after half a row more of each kind. " + SAMPLING
    ),
    "tvd": (
        "Total variation distance between the shares of predicted classes: half the sum of |p - q|, which is the "
        "share of predictions that would have to move. Chance is the 95th percentile of simulations: on the same rows "
        "each changed prediction goes either way with probability 1/2; otherwise both are drawn from the pooled "
        "shares. Only what lies beyond chance counts."
    ),
    "mean_shift": (
        "Mean confidence of the first prediction, candidate minus best, from histograms with 1,000 bins of equal "
        "width on [0, 1]. The standard error is that of independent samples, so the interval is rather too wide. "
        "'In all' is the Wasserstein distance, how far confidence moved up or down. The calibration error is the root "
        "mean square over 15 bins of equal mass, less what chance adds (Kumar, Liang and Ma, NeurIPS 2019)."
    ),
    "curve": (
        "Of a curve (its sign turned if it should rise): progress is the first value minus the lowest rolling median "
        "(over a tenth of the points, at least 3). None, if it is within 5 % of the first value (a setting) or 3 "
        "standard deviations of the noise, 1.4826 times the median absolute deviation of the steps over the root of "
        "2. Given back is what the last median lost of it. The last quarter brought what its Theil-Sen slope says; "
        "more than 10 % of all progress is still improving."
    ),
    "matched": (
        "Rows found in both tables, by id or position, as a share of all distinct rows. The fingerprint is a hash of "
        "the ids and the truths of the compared rows, in any order."
    ),
    "reuse": (
        "Evaluations of candidates on the test set with this fingerprint, failed ones too. Of H equally good "
        "candidates the best appears better by up to z(1 - 0.05 / H) standard errors of a paired difference "
        "(Bonferroni): smaller gains are luck."
    ),
}
