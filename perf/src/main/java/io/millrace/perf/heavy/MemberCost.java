package io.millrace.perf.heavy;

import io.millrace.perf.check.CheckFailed;
import io.millrace.perf.target.RunningBroker;
import java.time.Duration;

/** What members cost a broker that only stay, and how long a group takes to share its partitions anew. Owned by one thread. */
final class MemberCost {
    private static final Duration WARM_UP = Duration.ofSeconds(45);
    private static final Duration MEASURED = Duration.ofSeconds(30);
    private static final int REBALANCES = 3;

    /** The time of a round that is over, and of the broker and of this thread, which look at each other in turn. */
    private static final double SLACK_SECONDS = 0.5;

    private final RunningBroker broker;
    private final Protocol protocol;

    MemberCost(RunningBroker broker, Protocol protocol) {
        this.broker = broker;
        this.protocol = protocol;
    }

    /** Of a group. */
    enum Protocol {
        /** Clients assign, and rebalances stop them all. */
        CLASSIC(1),

        /** KIP-848. Who joins may have to ask once more after all others have given up what it is to get. */
        CONSUMER(2);

        private final int roundsOfJoin;

        Protocol(int roundsOfJoin) {
            this.roundsOfJoin = roundsOfJoin;
        }

        private GroupMember member(String name, GroupTopic topic) {
            String group = name() + "-" + name;
            return switch (this) {
                case CLASSIC -> new ClassicMember(group, topic);
                case CONSUMER -> new ConsumerMember(group, topic.name());
            };
        }
    }

    /** Each sends its heartbeats as clients do unless told otherwise. */
    String stayingMembers(int groups, int each, double coreShareMax) throws Exception {
        GroupTopic topic = GroupTopic.create(broker, "staying-" + protocol.name(), 2 * each);
        try (Crowd crowd = new Crowd(broker.setup().port())) {
            long residentBefore = broker.stat().residentBytes();
            for (int i = 0; i < groups * each; i++) {
                crowd.join(protocol.member("staying-" + i / each, topic));
            }
            double joinedSeconds = crowd.runUntilSettled(topic.partitions());
            crowd.runFor(WARM_UP);
            long residentJoined = broker.stat().residentBytes();
            long beatsBefore = crowd.heartbeats();
            double before = broker.stat().cpuSeconds();
            crowd.runFor(MEASURED);
            double cpu = broker.stat().cpuSeconds() - before;
            double share = cpu / MEASURED.toSeconds();
            long beats = crowd.heartbeats() - beatsBefore;
            String seen =
                    ("%d members of %d groups, joined in %.1f s; %d heartbeats/s take %.1f %% of a core, %.0f us each;"
                                    + " resident %d MB without them, %d with, %d at the end")
                            .formatted(
                                    groups * each,
                                    groups,
                                    joinedSeconds,
                                    beats / MEASURED.toSeconds(),
                                    100 * share,
                                    1e6 * cpu / beats,
                                    residentBefore >> 20,
                                    residentJoined >> 20,
                                    broker.stat().residentBytes() >> 20);
            crowd.leaveAll();
            if (share > coreShareMax) {
                throw new CheckFailed(seen);
            }
            return seen;
        }
    }

    /** One member comes and one goes, again and again. */
    String rebalances(int members, int partitions) throws Exception {
        GroupTopic topic = GroupTopic.create(broker, "shared-" + protocol.name(), partitions);
        try (Crowd crowd = new Crowd(broker.setup().port())) {
            for (int i = 0; i < members - 1; i++) {
                crowd.join(protocol.member("sharing", topic));
            }
            crowd.runUntilSettled(partitions);
            double joinSeconds = 0;
            double leaveSeconds = 0;
            double before = broker.stat().cpuSeconds();
            long beatsBefore = crowd.heartbeats();
            for (int i = 0; i < REBALANCES; i++) {
                crowd.join(protocol.member("sharing", topic));
                joinSeconds = Math.max(joinSeconds, crowd.runUntilSettled(partitions));
                crowd.leaveFirst();
                leaveSeconds = Math.max(leaveSeconds, crowd.runUntilSettled(partitions));
            }
            double cpu = broker.stat().cpuSeconds() - before;
            long beats = crowd.heartbeats() - beatsBefore;
            double round = protocol.member("", topic).intervalMs() / 1e3;
            crowd.leaveAll();
            String seen =
                    ("%d members share %d partitions anew within %.2f s of a join and %.2f s of a leave, heartbeats each %.0f s;"
                                    + " %.0f ms of CPU for each, with %d heartbeats")
                            .formatted(
                                    members,
                                    partitions,
                                    joinSeconds,
                                    leaveSeconds,
                                    round,
                                    1e3 * cpu / (2 * REBALANCES),
                                    beats / (2 * REBALANCES));
            if (leaveSeconds > round + SLACK_SECONDS || joinSeconds > protocol.roundsOfJoin * round + SLACK_SECONDS) {
                throw new CheckFailed(seen);
            }
            return seen;
        }
    }
}
