package io.millrace.broker.group.assign;

import java.util.Map;

/**
 * Gives all members as many partitions as far as their subscriptions allow, and moves as few as it takes: a member keeps what it
 * has unless it has too many, or has not subscribed to it any more.
 *
 * <p>Where all members have subscribed to the same, {@link EvenShares} is exact: no two members differ by more than one, and no
 * assignment with that property would move less. Else {@link LoadBalance} comes close.
 */
final class UniformAssignor implements Assignor {

    static final String NAME = "uniform";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Map<String, TopicPartitions> assign(GroupSpec group) {
        return group.isUniform() ? new EvenShares(group).assign() : new LoadBalance(group).assign();
    }
}
