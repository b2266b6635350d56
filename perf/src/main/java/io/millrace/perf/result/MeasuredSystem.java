package io.millrace.perf.result;

/**
 * A broker in a run.
 *
 * @param name unique in the run; rounds refer to it
 * @param role why it is there
 * @param version as its jar says
 */
public record MeasuredSystem(String name, Role role, String version) {}
