package io.millrace.cluster.election;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cluster.BrokerInfo;
import io.millrace.cluster.ClusterImage;
import io.millrace.cluster.Decider;
import io.millrace.cluster.Decision;
import io.millrace.cluster.GroupImage;
import io.millrace.cluster.MetadataRecord;
import io.millrace.cluster.MetadataRecord.BrokerRegistered;
import io.millrace.cluster.Outcome;
import io.millrace.cluster.Outcome.Accepted;
import io.millrace.cluster.Outcome.Reason;
import io.millrace.cluster.Outcome.Rejected;
import io.millrace.cluster.PartitionState;
import io.millrace.cluster.TopicImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TopicDecisionsTest {
    private static final TopicDefaults DEFAULTS = new TopicDefaults(3, 1);
    private static final ConfigCheck ANYTHING = configs -> null;

    private ClusterImage image = withBrokers(1);

    @Test
    void createsWithTheDefaults() {
        TopicImage topic = accepted(create("orders", -1, -1));

        assertThat(topic.partitions()).hasSize(3).allMatch(state -> state.equals(PartitionState.created(List.of(1))));
        assertThat(image.topic("orders")).isEqualTo(topic);
        assertThat(image.topic(topic.id())).isEqualTo(topic);
    }

    @Test
    void refusesNamesThatKafkaRefuses() {
        for (String name : List.of("", ".", "..", "a b", "ä", "a/b", "x".repeat(250), "a\0")) {
            assertThat(reason(create(name, 1, 1))).isEqualTo(Reason.INVALID_TOPIC_EXCEPTION);
        }
        for (String name : List.of("a", "...", "A-1", "x".repeat(249))) {
            accepted(create(name, 1, 1));
        }
    }

    @Test
    void refusesNamesThatDifferInDotsAndUnderscoresOnly() {
        accepted(create("a.b_c", 1, 1));

        assertThat(reason(create("a_b.c", 1, 1))).isEqualTo(Reason.INVALID_TOPIC_EXCEPTION);
        accepted(decide(TopicDecisions.delete("a.b_c")));
        accepted(create("a_b.c", 1, 1));
    }

    @Test
    void refusesATopicThatExists() {
        accepted(create("orders", 1, 1));

        assertThat(reason(create("orders", 1, 1))).isEqualTo(Reason.TOPIC_ALREADY_EXISTS);
    }

    @Test
    void refusesCountsOutOfRange() {
        assertThat(reason(create("a", 0, 1))).isEqualTo(Reason.INVALID_PARTITIONS);
        assertThat(reason(create("a", -2, 1))).isEqualTo(Reason.INVALID_PARTITIONS);
        assertThat(reason(create("a", 1, 0))).isEqualTo(Reason.INVALID_REPLICATION_FACTOR);
        assertThat(reason(create("a", 1, 2))).isEqualTo(Reason.INVALID_REPLICATION_FACTOR);
        assertThat(reason(create("a", 10_001, 1))).isEqualTo(Reason.POLICY_VIOLATION);
        accepted(create("a", 10_000, 1));
    }

    @Test
    void spreadsPartitionsOverBrokers() {
        image = withBrokers(1, 2, 3);

        TopicImage topic = accepted(create("orders", 6, 2));

        for (int broker : List.of(1, 2, 3)) {
            assertThat(topic.partitions().stream().filter(state -> state.leader() == broker))
                    .hasSize(2);
        }
        assertThat(topic.partitions())
                .allMatch(state -> state.replicas().size() == 2
                        && state.isr().equals(state.replicas())
                        && state.leader() == state.replicas().get(0));
    }

    @Test
    void placesReplicasAsAsked() {
        image = withBrokers(1, 2, 3);

        TopicImage topic = accepted(create(Map.of(0, List.of(3, 1), 1, List.of(2, 3))));

        assertThat(topic.partitions())
                .containsExactly(PartitionState.created(List.of(3, 1)), PartitionState.created(List.of(2, 3)));
    }

    @Test
    void refusesAssignmentsThatMakeNoSense() {
        image = withBrokers(1, 2, 3);

        for (Map<Integer, List<Integer>> wrong : List.of(
                Map.of(1, List.of(1)),
                Map.of(0, List.<Integer>of()),
                Map.of(0, List.of(1, 1)),
                Map.of(0, List.of(9)),
                Map.of(0, List.of(1), 1, List.of(1, 2)))) {
            assertThat(reason(create(wrong))).isEqualTo(Reason.INVALID_REPLICA_ASSIGNMENT);
        }
        NewTopic both = new NewTopic("a", UUID.randomUUID(), 1, -1, Map.of(0, List.of(1)), Map.of());
        assertThat(reason(decide(TopicDecisions.create(both, DEFAULTS, ANYTHING))))
                .isEqualTo(Reason.INVALID_REQUEST);
    }

    @Test
    void refusesConfigsThatTheCheckRefuses() {
        NewTopic topic = new NewTopic("a", UUID.randomUUID(), 1, 1, Map.of(), Map.of("x", "y"));

        Outcome<TopicImage> outcome = decide(TopicDecisions.create(topic, DEFAULTS, configs -> "no " + configs));

        assertThat(outcome).isEqualTo(new Rejected<TopicImage>(Reason.INVALID_CONFIG, "no {x=y}"));
    }

    @Test
    void addsPartitions() {
        TopicImage before = accepted(create("orders", 2, 1));

        TopicImage after = accepted(decide(TopicDecisions.addPartitions("orders", 5, null)));

        assertThat(after.partitions()).hasSize(5).startsWith(before.partitions().toArray(PartitionState[]::new));
        assertThat(image.topic("orders")).isEqualTo(after);
    }

    /** A group's partition follows from how many there are: more of them, and its offsets could not be found. */
    @Test
    void theTopicOfGroupsDoesNotGrow() {
        accepted(create(TopicNames.CONSUMER_OFFSETS, 2, 1));

        assertThat(reason(decide(TopicDecisions.addPartitions(TopicNames.CONSUMER_OFFSETS, 3, null))))
                .isEqualTo(Reason.INVALID_TOPIC_EXCEPTION);
    }

    @Test
    void refusesGrowthThatIsNone() {
        accepted(create("orders", 2, 1));

        assertThat(reason(decide(TopicDecisions.addPartitions("orders", 2, null))))
                .isEqualTo(Reason.INVALID_PARTITIONS);
        assertThat(reason(decide(TopicDecisions.addPartitions("orders", 1, null))))
                .isEqualTo(Reason.INVALID_PARTITIONS);
        assertThat(reason(decide(TopicDecisions.addPartitions("orders", 20_000, null))))
                .isEqualTo(Reason.POLICY_VIOLATION);
        assertThat(reason(decide(TopicDecisions.addPartitions("none", 2, null))))
                .isEqualTo(Reason.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(reason(decide(TopicDecisions.addPartitions("orders", 4, List.of(List.of(1))))))
                .isEqualTo(Reason.INVALID_REPLICA_ASSIGNMENT);
        assertThat(reason(decide(TopicDecisions.addPartitions("orders", 3, List.of(List.of(7))))))
                .isEqualTo(Reason.INVALID_REPLICA_ASSIGNMENT);
    }

    @Test
    void deletesByNameAndById() {
        TopicImage one = accepted(create("one", 1, 1));
        accepted(create("two", 1, 1));

        accepted(decide(TopicDecisions.delete(one.id())));
        accepted(decide(TopicDecisions.delete("two")));

        assertThat(image.topics()).isEmpty();
        assertThat(reason(decide(TopicDecisions.delete(one.id())))).isEqualTo(Reason.UNKNOWN_TOPIC_ID);
        assertThat(reason(decide(TopicDecisions.delete("two")))).isEqualTo(Reason.UNKNOWN_TOPIC_OR_PARTITION);
    }

    @Test
    void editsSettings() {
        accepted(create("orders", 1, 1));
        ConfigEdit edit = current -> {
            Map<String, String> after = new HashMap<>(current);
            after.remove("old");
            after.put("new", "1");
            return new Accepted<>(after);
        };
        accepted(decide(ConfigDecisions.changeTopic("orders", c -> new Accepted<>(Map.of("old", "1")), ANYTHING)));

        Map<String, String> after = accepted(decide(ConfigDecisions.changeTopic("orders", edit, ANYTHING)));
        long version = image.version();
        accepted(decide(ConfigDecisions.changeTopic("orders", edit, ANYTHING)));

        assertThat(after).isEqualTo(Map.of("new", "1"));
        assertThat(Objects.requireNonNull(image.topic("orders")).configs()).isEqualTo(after);
        assertThat(image.version()).as("an edit that changes nothing").isEqualTo(version);
    }

    @Test
    void editsSettingsOfBrokers() {
        accepted(decide(ConfigDecisions.changeBroker("", c -> new Accepted<>(Map.of("a", "1")), ANYTHING)));

        assertThat(image.brokerConfigs("")).isEqualTo(Map.of("a", "1"));
        assertThat(image.brokerConfigs("1")).isEmpty();
        assertThat(reason(decide(ConfigDecisions.changeBroker("", c -> new Accepted<>(Map.of("a", "2")), c -> "no"))))
                .isEqualTo(Reason.INVALID_CONFIG);
        assertThat(reason(decide(ConfigDecisions.changeTopic("none", Accepted::new, ANYTHING))))
                .isEqualTo(Reason.UNKNOWN_TOPIC_OR_PARTITION);
    }

    @Test
    void editsSettingsOfGroupsThatNeedNotExist() {
        accepted(decide(ConfigDecisions.changeGroup("readers", c -> new Accepted<>(Map.of("a", "1")), ANYTHING)));

        assertThat(image.groupConfigs("readers")).isEqualTo(Map.of("a", "1"));
        assertThat(image.groupConfigs("writers")).isEmpty();
        assertThat(reason(decide(ConfigDecisions.changeGroup("readers", Accepted::new, c -> "no"))))
                .isEqualTo(Reason.INVALID_CONFIG);
    }

    @Test
    void forgetsAGroupWithItsLastSetting() {
        accepted(decide(ConfigDecisions.changeGroup("b", c -> new Accepted<>(Map.of("x", "1")), ANYTHING)));
        accepted(decide(ConfigDecisions.changeGroup("a", c -> new Accepted<>(Map.of("x", "1")), ANYTHING)));
        assertThat(image.groups()).extracting(GroupImage::id).containsExactly("a", "b");

        accepted(decide(ConfigDecisions.changeGroup("a", c -> new Accepted<>(Map.of()), ANYTHING)));

        assertThat(image.groups()).extracting(GroupImage::id).containsExactly("b");
    }

    @Test
    void countsTheLivesOfABroker() {
        image = ClusterImage.EMPTY;

        BrokerInfo first = decide(BrokerDecisions.register(1, List.of(), null, "id-1"));
        BrokerInfo second = decide(BrokerDecisions.register(1, List.of(), "rack", "id-2"));

        assertThat(first.incarnation()).isEqualTo(1);
        assertThat(second.incarnation()).isEqualTo(2);
        assertThat(image.clusterId()).isEqualTo("id-1");
        assertThat(image.brokers()).isEqualTo(Map.of(1, second));
    }

    @Test
    void handsOutProducerIdsOnce() {
        assertThat(decide(BrokerDecisions.allocateProducerIds(1))).isEqualTo(0);
        assertThat(decide(BrokerDecisions.allocateProducerIds(1))).isEqualTo(1000);
        assertThat(image.nextProducerId()).isEqualTo(2000);
    }

    @Test
    void renewsTheLeadershipOfOneBrokerOnly() {
        image = withBrokers(1, 2);
        accepted(create(Map.of(0, List.of(1), 1, List.of(2), 2, List.of(1))));

        int renewed = decide(BrokerDecisions.renewLeadership(1));

        assertThat(renewed).isEqualTo(2);
        assertThat(Objects.requireNonNull(image.topic("manual")).partitions())
                .extracting(PartitionState::leaderEpoch)
                .containsExactly(1, 0, 1);
    }

    private Outcome<TopicImage> create(String name, int partitions, int factor) {
        NewTopic topic = new NewTopic(name, UUID.randomUUID(), partitions, factor, Map.of(), Map.of());
        return decide(TopicDecisions.create(topic, DEFAULTS, ANYTHING));
    }

    private Outcome<TopicImage> create(Map<Integer, List<Integer>> assignment) {
        NewTopic topic = new NewTopic("manual", UUID.randomUUID(), -1, -1, assignment, Map.of());
        return decide(TopicDecisions.create(topic, DEFAULTS, ANYTHING));
    }

    private <T> T decide(Decider<T> decider) {
        Decision<T> decision = decider.decide(image);
        image = decision.records().isEmpty() ? image : image.apply(decision.records());
        return decision.result();
    }

    private static <T> T accepted(Outcome<T> outcome) {
        assertThat(outcome).isInstanceOf(Accepted.class);
        return ((Accepted<T>) outcome).value();
    }

    private static Reason reason(Outcome<?> outcome) {
        assertThat(outcome).isInstanceOf(Rejected.class);
        return ((Rejected<?>) outcome).reason();
    }

    private static ClusterImage withBrokers(int... ids) {
        List<MetadataRecord> records = new ArrayList<>();
        for (int id : ids) {
            records.add(new BrokerRegistered(new BrokerInfo(id, 1, List.of(), null)));
        }
        return ClusterImage.EMPTY.apply(records);
    }
}
