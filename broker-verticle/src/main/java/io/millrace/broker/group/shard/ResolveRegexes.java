package io.millrace.broker.group.shard;

import io.millrace.broker.group.consumer.ConsumerGroup;
import io.millrace.broker.group.decision.Decision;
import io.millrace.broker.group.decision.Moment;
import java.util.Map;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/** The expressions of a group have been matched with the topics of the cluster, or could not be. */
public final class ResolveRegexes extends GroupOperation {

    private final @Nullable Map<String, SortedSet<String>> chosen;
    private final long version;

    /**
     * @param chosen names of topics by expression, null if that failed
     * @param version of the cluster whose topics they are
     */
    public ResolveRegexes(String groupId, @Nullable Map<String, SortedSet<String>> chosen, long version) {
        super(groupId);
        this.chosen = chosen;
        this.version = version;
    }

    @Override
    public Decision decide(Group group, Moment now) {
        // Even if the group has changed its protocol meanwhile: it may change again, and must not wait for this for
        // ever.
        ConsumerGroup consumers = group.consumersOrNew();
        Map<String, SortedSet<String>> found = chosen;
        if (found == null) {
            consumers.notResolved(now);
            return Decision.DONE;
        }
        return consumers.resolve(found, version, group.topics(), now);
    }
}
