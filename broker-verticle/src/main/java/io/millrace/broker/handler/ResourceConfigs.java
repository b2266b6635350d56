package io.millrace.broker.handler;

import io.millrace.broker.BrokerConfig;
import io.millrace.broker.CurrentConfig;
import io.millrace.broker.GroupConfig;
import io.millrace.broker.TopicConfig;
import io.millrace.broker.config.ConfigEntry;
import io.millrace.broker.config.ConfigEntry.Source;
import io.millrace.broker.config.ConfigEntry.Synonym;
import io.millrace.broker.config.ConfigKey;
import io.millrace.broker.config.ConfigType;
import io.millrace.cluster.MetadataLog;
import io.millrace.cluster.TopicImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What can be configured on topics, groups and this broker, and how it is configured now. Any thread. */
final class ResourceConfigs {
    private final MetadataLog log;
    private final CurrentConfig config;
    private final GroupConfig groups;
    private final int brokerId;

    ResourceConfigs(MetadataLog log, CurrentConfig config, GroupConfig groups, int brokerId) {
        this.log = log;
        this.config = config;
        this.groups = groups;
        this.brokerId = brokerId;
    }

    /** Every setting of the topic. */
    List<ConfigEntry> ofTopic(TopicImage topic) {
        return TopicConfig.describe(config.at(log.image()), topic.configs());
    }

    /** Every setting of this broker. */
    List<ConfigEntry> ofThisBroker() {
        return config.at(log.image()).describe();
    }

    /** The settings that were changed at run time for all brokers at once. */
    List<ConfigEntry> ofAllBrokers() {
        List<ConfigEntry> entries = new ArrayList<>();
        log.image().brokerConfigs("").forEach((name, value) -> {
            ConfigKey key = BrokerConfig.definition(name);
            if (key != null) {
                Synonym synonym = new Synonym(name, value, Source.DYNAMIC_BROKER_DEFAULT);
                entries.add(new ConfigEntry(
                        name, value, key.type(), synonym.source(), false, key.documentation(), List.of(synonym)));
            }
        });
        return entries;
    }

    /** Every setting of a group with these explicit ones. */
    List<ConfigEntry> ofGroup(Map<String, String> settings) {
        return groups.describe(settings);
    }

    /** Why a topic cannot have these explicit settings, or null if it can. */
    @Nullable
    String problemWithTopic(Map<String, String> settings) {
        return TopicConfig.problemWith(settings);
    }

    /** Why a group cannot have these explicit settings, or null if it can. */
    @Nullable
    String problemWithGroup(Map<String, String> settings) {
        return groups.problemWith(settings);
    }

    /** Why a broker cannot get these settings at run time, or null if it can. */
    @Nullable
    String problemWithBroker(Map<String, String> settings) {
        return BrokerConfig.problemWithDynamic(settings);
    }

    /** Each broker describes and changes only itself, so the name must be its own id. */
    ApiError problemWithBrokerId(String name) {
        try {
            return Integer.parseInt(name) == brokerId
                    ? ApiError.NONE
                    : ApiError.invalidRequest(
                            "Unexpected broker id, expected " + brokerId + " or empty string, but received " + name);
        } catch (NumberFormatException e) {
            return ApiError.invalidRequest("Broker id must be an integer, but it is: " + name);
        }
    }

    /** The keys of a kind of resource whose values are lists. */
    ConfigSteps.Lists lists(ConfigResourceType type) {
        return key -> {
            ConfigKey definition = definition(type, key);
            if (definition == null || definition.type() != ConfigType.LIST) {
                return null;
            }
            String list = definition.defaultValue();
            return list == null ? "" : list;
        };
    }

    private static @Nullable ConfigKey definition(ConfigResourceType type, String key) {
        return switch (type) {
            case BROKER -> BrokerConfig.definition(key);
            case GROUP -> GroupConfig.definition(key);
            default -> TopicConfig.definition(key);
        };
    }
}
