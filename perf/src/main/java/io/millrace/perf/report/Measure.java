package io.millrace.perf.report;

import java.util.function.Predicate;

/**
 * What the headline compares.
 *
 * @param figure key in the comparisons
 * @param title in plain words
 * @param what reads on after "1.40 times": what there is more or less of
 * @param moreIsBetter whether a greater ratio is the better one
 * @param applies to which scenarios
 */
record Measure(String figure, String title, String what, boolean moreIsBetter, Predicate<Finding> applies) {
    String direction() {
        return moreIsBetter ? "more is better" : "less is better";
    }
}
