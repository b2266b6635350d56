package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.config.ConfigEntry;
import io.millrace.broker.config.ConfigEntry.Source;
import io.millrace.broker.config.ConfigEntry.Synonym;
import io.millrace.broker.config.ConfigKey;
import io.millrace.broker.storage.CompactionConfig;
import io.millrace.broker.storage.Durability;
import io.millrace.broker.storage.LogConfig;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TopicConfigTest {
    private static final BrokerConfig DEFAULTS = BrokerConfig.parse(Map.of());

    @Test
    void resolvesToKafkasDefaults() {
        assertThat(TopicConfig.resolve(DEFAULTS, Map.of())).isEqualTo(LogConfig.defaults());
    }

    @Test
    void aTopicsOwnSettingsWin() {
        BrokerConfig broker = BrokerConfig.parse(Map.of("log.retention.ms", "1", "durability", "os"));

        LogConfig config = TopicConfig.resolve(
                broker,
                Map.of(
                        "retention.ms", "2",
                        "cleanup.policy", "compact, delete",
                        "message.timestamp.type", "LogAppendTime"));

        assertThat(config.retentionMs()).isEqualTo(2);
        assertThat(config.deletes()).isTrue();
        assertThat(config.compacts()).isTrue();
        assertThat(config.logAppendTime()).isTrue();
        assertThat(config.durability()).isEqualTo(Durability.OS);
    }

    @Test
    void aSmallerUnitOfTimeWins() {
        assertThat(retentionMs(Map.of("log.retention.hours", "2"))).isEqualTo(7_200_000);
        assertThat(retentionMs(Map.of("log.retention.hours", "2", "log.retention.minutes", "3")))
                .isEqualTo(180_000);
        assertThat(retentionMs(Map.of("log.retention.hours", "2", "log.retention.ms", "4")))
                .isEqualTo(4);
        assertThat(retentionMs(Map.of("log.retention.hours", "-1"))).isEqualTo(-1);
    }

    @Test
    void takesTheLevelOfTheCodecInUse() {
        BrokerConfig broker = BrokerConfig.parse(Map.of("compression.type", "zstd", "compression.gzip.level", "1"));

        assertThat(TopicConfig.resolve(broker, Map.of()).compressionLevel()).isEqualTo(3);
        assertThat(TopicConfig.resolve(broker, Map.of("compression.type", "gzip"))
                        .compressionLevel())
                .isEqualTo(1);
    }

    @Test
    void compactsAsTheTopicOrElseTheBrokerSays() {
        BrokerConfig broker = BrokerConfig.parse(Map.of(
                "log.cleaner.min.cleanable.ratio", "0.25",
                "log.cleaner.delete.retention.ms", "1",
                "log.cleaner.min.compaction.lag.ms", "2",
                "log.cleaner.max.compaction.lag.ms", "3"));

        assertThat(TopicConfig.resolve(broker, Map.of()).compaction()).isEqualTo(new CompactionConfig(1, 2, 3, 0.25));
        assertThat(TopicConfig.resolve(
                                broker,
                                Map.of(
                                        "min.cleanable.dirty.ratio", "0.75",
                                        "delete.retention.ms", "4",
                                        "min.compaction.lag.ms", "5",
                                        "max.compaction.lag.ms", "6"))
                        .compaction())
                .isEqualTo(new CompactionConfig(4, 5, 6, 0.75));
    }

    @Test
    void keepsDataThatIsOnlyCompacted() {
        LogConfig config = TopicConfig.resolve(DEFAULTS, Map.of("cleanup.policy", "compact"));

        assertThat(config.deletes()).isFalse();
    }

    @Test
    void refusesUnknownKeysAndBadValues() {
        assertThat(TopicConfig.problemWith(Map.of("retention.ms", "-1"))).isNull();
        assertThat(TopicConfig.problemWith(Map.of("retention.m", "1")))
                .isEqualTo("Unknown topic config name: retention.m, did you mean retention.ms?");
        assertThat(TopicConfig.problemWith(Map.of("retention.ms", "soon")))
                .isEqualTo("Invalid value soon for configuration retention.ms: allowed is a whole number of at least"
                        + " -1");
        assertThat(TopicConfig.problemWith(Map.of("min.compaction.lag.ms", "2", "max.compaction.lag.ms", "1")))
                .contains("min.compaction.lag.ms (2) > max.compaction.lag.ms (1)");
    }

    @Test
    void saysWhereAValueComesFrom() {
        BrokerConfig broker = BrokerConfig.parse(Map.of("log.retention.minutes", "1"));

        ConfigEntry own = entry(broker, Map.of("retention.ms", "5"), "retention.ms");
        ConfigEntry inherited = entry(broker, Map.of(), "retention.ms");
        ConfigEntry untouched = entry(broker, Map.of(), "delete.retention.ms");

        assertThat(own.source()).isEqualTo(Source.TOPIC);
        assertThat(own.synonyms())
                .containsExactly(
                        new Synonym("retention.ms", "5", Source.TOPIC),
                        new Synonym("log.retention.minutes", "1", Source.STATIC_BROKER),
                        new Synonym("log.retention.hours", "168", Source.DEFAULT));
        assertThat(inherited.value()).isEqualTo("60000");
        assertThat(inherited.source()).isEqualTo(Source.STATIC_BROKER);
        assertThat(untouched.source()).isEqualTo(Source.DEFAULT);
    }

    @Test
    void everyKeyButOursIsKafkas() throws IllegalAccessException {
        List<Object> kafkas = new ArrayList<>();
        for (Field field : org.apache.kafka.common.config.TopicConfig.class.getFields()) {
            kafkas.add(field.get(null));
        }

        assertThat(TopicConfig.keys())
                .extracting(ConfigKey::name)
                .isSorted()
                .filteredOn(name -> !name.equals("durability"))
                // Kafka keeps these two in a class of the server.
                .filteredOn(name -> !name.endsWith(".replication.throttled.replicas"))
                .isSubsetOf(kafkas.stream().map(String::valueOf).toList());
    }

    private static long retentionMs(Map<String, String> broker) {
        return TopicConfig.resolve(BrokerConfig.parse(broker), Map.of()).retentionMs();
    }

    private static ConfigEntry entry(BrokerConfig broker, Map<String, String> overrides, String name) {
        return TopicConfig.describe(broker, overrides).stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
