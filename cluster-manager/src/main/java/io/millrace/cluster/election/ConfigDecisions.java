package io.millrace.cluster.election;

import static io.millrace.cluster.Outcome.Reason.INVALID_CONFIG;
import static io.millrace.cluster.Outcome.Reason.UNKNOWN_TOPIC_OR_PARTITION;

import io.millrace.cluster.ConfigScope;
import io.millrace.cluster.Decider;
import io.millrace.cluster.Decision;
import io.millrace.cluster.MetadataRecord.ConfigsChanged;
import io.millrace.cluster.Outcome;
import io.millrace.cluster.Outcome.Accepted;
import io.millrace.cluster.Outcome.Rejected;
import io.millrace.cluster.TopicImage;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Decisions that change explicit settings. An edit that ends where it began commits nothing. */
public final class ConfigDecisions {
    private ConfigDecisions() {}

    /** Edits a topic's settings; answers all of them afterwards. */
    public static Decider<Outcome<Map<String, String>>> changeTopic(String name, ConfigEdit edit, ConfigCheck check) {
        return image -> {
            TopicImage topic = image.topic(name);
            return topic == null
                    ? Outcome.reject(UNKNOWN_TOPIC_OR_PARTITION, "The topic '" + name + "' does not exist.")
                    : change(ConfigScope.TOPIC, name, topic.configs(), edit, check);
        };
    }

    /**
     * Edits a broker's settings; answers all of them afterwards.
     *
     * @param name the broker's id in decimal, or the empty string for all brokers
     */
    public static Decider<Outcome<Map<String, String>>> changeBroker(String name, ConfigEdit edit, ConfigCheck check) {
        return image -> change(ConfigScope.BROKER, name, image.brokerConfigs(name), edit, check);
    }

    /** Edits the settings of the group with this id, which need not exist; answers all of them afterwards. */
    public static Decider<Outcome<Map<String, String>>> changeGroup(String id, ConfigEdit edit, ConfigCheck check) {
        return image -> change(ConfigScope.GROUP, id, image.groupConfigs(id), edit, check);
    }

    private static Decision<Outcome<Map<String, String>>> change(
            ConfigScope scope, String name, Map<String, String> before, ConfigEdit edit, ConfigCheck check) {
        Outcome<Map<String, String>> edited = edit.edit(before);
        if (edited instanceof Rejected<Map<String, String>> no) {
            return Outcome.reject(no.reason(), no.message());
        }
        Map<String, String> after = ((Accepted<Map<String, String>>) edited).value();
        String problem = check.problemWith(after);
        if (problem != null) {
            return Outcome.reject(INVALID_CONFIG, problem);
        }
        Set<String> removed = new HashSet<>(before.keySet());
        removed.removeAll(after.keySet());
        Map<String, String> set = new HashMap<>(after);
        set.entrySet().removeAll(before.entrySet());
        return set.isEmpty() && removed.isEmpty()
                ? Outcome.accept(after, List.of())
                : Outcome.accept(after, List.of(new ConfigsChanged(scope, name, set, removed)));
    }
}
