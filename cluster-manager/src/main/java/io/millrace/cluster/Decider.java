package io.millrace.cluster;

/**
 * A pure function from the cluster's state to a decision: no I/O, no clock, no randomness. The log calls it on its own
 * thread with an image that includes every decision before this one. What it throws fails its own submission only.
 */
@FunctionalInterface
public interface Decider<T> {
    Decision<T> decide(ClusterImage image);
}
