/**
 * What a run of the suite found, as values and as a JSON file: the only thing that the run and its report share. Immutable
 * values, except {@link io.millrace.perf.result.ResultFile}.
 */
@NullMarked
package io.millrace.perf.result;

import org.jspecify.annotations.NullMarked;
