package io.millrace.broker.group.shard;

import io.millrace.broker.group.assign.Assignor;
import io.millrace.broker.group.consumer.ConsumerSettings;
import io.millrace.broker.group.consumer.MigrationPolicy;
import io.millrace.broker.group.consumer.TopicView;
import io.millrace.broker.group.decision.GroupSettings;
import io.millrace.broker.group.decision.MemberMemory;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What shards of tests need of a broker that is not there. */
public final class TestContexts {

    public static final ConsumerSettings CONSUMERS = new ConsumerSettings(
            45_000,
            5_000,
            0,
            100,
            List.of(Objects.requireNonNull(Assignor.named("uniform"))),
            MigrationPolicy.BIDIRECTIONAL);

    /** The topic of {@link TestMember}, as long as it is there. */
    private record OneTopic(Predicate<UUID> isGone) implements TopicView {

        @Override
        public long version() {
            return isGone.test(TestMember.TOPIC_ID) ? 2 : 1;
        }

        @Override
        public @Nullable UUID idOf(String topic) {
            boolean found = topic.equals(TestMember.TOPIC) && !isGone.test(TestMember.TOPIC_ID);
            return found ? TestMember.TOPIC_ID : null;
        }

        @Override
        public @Nullable String nameOf(UUID topicId) {
            boolean found = topicId.equals(TestMember.TOPIC_ID) && !isGone.test(topicId);
            return found ? TestMember.TOPIC : null;
        }

        @Override
        public int partitionsOf(UUID topicId) {
            return nameOf(topicId) == null ? 0 : 4;
        }
    }

    private static final MemberMemory.Budget UNLIMITED = new MemberMemory.Budget() {
        @Override
        public boolean hasRoomFor(long bytes) {
            return true;
        }

        @Override
        public void add(long bytes) {
            // Nobody asks.
        }
    };

    private TestContexts() {}

    /** Of a cluster with one topic. */
    public static ShardContext of(GroupSettings settings) {
        return of(settings, topic -> false, UNLIMITED, (group, regexes) -> {});
    }

    static ShardContext of(
            GroupSettings settings,
            Predicate<UUID> isGone,
            MemberMemory.Budget memory,
            BiConsumer<String, Set<String>> resolver) {
        return new ShardContext(settings, group -> CONSUMERS, () -> new OneTopic(isGone), isGone, memory, resolver);
    }
}
