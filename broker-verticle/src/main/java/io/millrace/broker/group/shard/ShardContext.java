package io.millrace.broker.group.shard;

import io.millrace.broker.group.consumer.ConsumerSettings;
import io.millrace.broker.group.consumer.TopicView;
import io.millrace.broker.group.decision.GroupSettings;
import io.millrace.broker.group.decision.MemberMemory;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * What a shard needs of the broker, beside its log.
 *
 * @param consumerSettings of a group by its id, as they are now
 * @param topics those that there are now
 * @param isGone whether there is no topic with this id any more
 * @param memory what members may hold
 * @param resolver takes a group's id and expressions, matches them with all topics on another thread, and comes back with
 *     {@link ResolveRegexes}
 */
public record ShardContext(
        GroupSettings settings,
        Function<String, ConsumerSettings> consumerSettings,
        Supplier<TopicView> topics,
        Predicate<UUID> isGone,
        MemberMemory.Budget memory,
        BiConsumer<String, Set<String>> resolver) {}
