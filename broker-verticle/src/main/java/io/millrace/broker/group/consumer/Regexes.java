package io.millrace.broker.group.consumer;

import io.millrace.broker.group.decision.Moment;
import io.millrace.wire.message.ConsumerGroupRegularExpressionValue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The regular expressions of a group and the topics that they have chosen. To match them with all topics may take long, so that
 * is done elsewhere, for all of the group at once. Owned by: its group.
 */
final class Regexes {

    /** New topics come in bursts. */
    private static final int REFRESH_MS = 10_000;

    private final Map<String, SortedSet<String>> topicsOf = new HashMap<>();
    private boolean resolving;
    private long resolvedVersion = -1;
    private long nextMs = Long.MIN_VALUE;

    /** None, if it has not been resolved yet. */
    Collection<String> topicsOf(@Nullable String regex) {
        return regex == null ? Set.of() : topicsOf.getOrDefault(regex, new TreeSet<>());
    }

    boolean isResolved(@Nullable String regex) {
        return regex != null && topicsOf.containsKey(regex);
    }

    Set<String> resolved() {
        return topicsOf.keySet();
    }

    /** Makes a record true. */
    void apply(String regex, @Nullable ConsumerGroupRegularExpressionValue value) {
        if (value == null) {
            topicsOf.remove(regex);
        } else {
            topicsOf.put(regex, new TreeSet<>(value.topics()));
        }
    }

    /** Whether this is what is known. */
    boolean isSame(String regex, SortedSet<String> topics) {
        return topics.equals(topicsOf.get(regex));
    }

    static ConsumerGroupRegularExpressionValue recorded(SortedSet<String> topics, long version, Moment now) {
        return new ConsumerGroupRegularExpressionValue()
                .topics(new ArrayList<>(topics))
                .version(version)
                .timestamp(now.wallMs());
    }

    // ---- when they are to be resolved

    /** Whether one is new, or there may be new topics. */
    boolean isDue(Set<String> subscribed, TopicView topics, Moment now) {
        if (resolving || subscribed.isEmpty() || now.steadyMs() < nextMs) {
            return false;
        }
        return topics.version() != resolvedVersion || !topicsOf.keySet().containsAll(subscribed);
    }

    /** They are being resolved from now on. */
    Set<String> begin(Set<String> subscribed) {
        resolving = true;
        return new HashSet<>(subscribed);
    }

    /** They are resolved, or could not be. */
    void end(long version, Moment now) {
        resolving = false;
        resolvedVersion = version;
        nextMs = now.in(REFRESH_MS);
    }
}
