package io.millrace.broker.group;

import io.millrace.broker.group.shard.ResolveRegexes;
import io.millrace.broker.group.subscription.TopicRegex;
import io.millrace.broker.group.subscription.TopicRegex.InvalidRegexException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Matches the expressions of a group with all topics. On a worker thread: many topics and a long expression take long. */
final class RegexMatching {

    private static final Logger LOG = LoggerFactory.getLogger(RegexMatching.class);

    private RegexMatching() {}

    static ResolveRegexes resolve(String groupId, Set<String> regexes, ClusterTopics topics) {
        List<String> names = topics.names();
        Map<String, SortedSet<String>> chosen = new HashMap<>();
        for (String each : regexes) {
            try {
                chosen.put(each, TopicRegex.parse(each).of(names));
            } catch (InvalidRegexException e) {
                // It was looked at when it came; a log of Kafka's may hold one that we take for too large.
                LOG.warn("group {}: {}", groupId, e.getMessage());
                chosen.put(each, new TreeSet<>());
            }
        }
        return new ResolveRegexes(groupId, chosen, topics.version());
    }
}
