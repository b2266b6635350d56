package io.millrace.broker.group.consumer;

import io.millrace.broker.group.assign.Assignor;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The settings of groups of the next-generation protocol, by Kafka's names.
 *
 * @param sessionTimeoutMs {@code group.consumer.session.timeout.ms}, or the group's own
 * @param heartbeatIntervalMs {@code group.consumer.heartbeat.interval.ms}, or the group's own; members are told
 * @param assignmentIntervalMs {@code group.consumer.assignment.interval.ms}, or the group's own: the least time between two
 *     target assignments
 * @param sizeMax {@code group.consumer.max.size}, members
 * @param assignors {@code group.consumer.assignors}, at least one; the first is for members that do not choose
 * @param migration {@code group.consumer.migration.policy}
 */
public record ConsumerSettings(
        int sessionTimeoutMs,
        int heartbeatIntervalMs,
        int assignmentIntervalMs,
        int sizeMax,
        List<Assignor> assignors,
        MigrationPolicy migration) {

    public ConsumerSettings {
        assignors = List.copyOf(assignors);
        if (assignors.isEmpty()) {
            throw new IllegalArgumentException("there is no assignor");
        }
    }

    /** The settings of a group that has times of its own. */
    public ConsumerSettings withTimes(
            int ownSessionTimeoutMs, int ownHeartbeatIntervalMs, int ownAssignmentIntervalMs) {
        return new ConsumerSettings(
                ownSessionTimeoutMs, ownHeartbeatIntervalMs, ownAssignmentIntervalMs, sizeMax, assignors, migration);
    }

    /** The one that most members would like, or the first. */
    Assignor assignorFor(Collection<Profile> members) {
        Map<String, Integer> votes = new HashMap<>();
        for (Profile each : members) {
            String vote = each.assignor();
            if (vote != null) {
                votes.merge(vote, 1, Integer::sum);
            }
        }
        Assignor winner = assignors.get(0);
        int most = 0;
        for (Assignor each : assignors) {
            int count = votes.getOrDefault(each.name(), 0);
            if (count > most) {
                winner = each;
                most = count;
            }
        }
        return winner;
    }

    boolean hasAssignor(String name) {
        return assignors.stream().anyMatch(each -> each.name().equals(name));
    }

    List<String> assignorNames() {
        return assignors.stream().map(Assignor::name).toList();
    }
}
