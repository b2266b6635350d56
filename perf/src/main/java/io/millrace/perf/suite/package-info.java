/**
 * The end-to-end throughput suite: scenarios as a table, rounds in turns, results as {@link io.millrace.perf.result}. One
 * thread runs it; brokers and load are processes of their own.
 */
@NullMarked
package io.millrace.perf.suite;

import org.jspecify.annotations.NullMarked;
