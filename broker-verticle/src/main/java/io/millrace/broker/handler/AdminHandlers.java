package io.millrace.broker.handler;

import io.millrace.broker.BrokerConfig;
import io.millrace.broker.CurrentConfig;
import io.millrace.broker.GroupConfig;
import io.millrace.broker.dispatch.ApiHandler;
import io.millrace.cluster.MetadataLog;
import io.millrace.cluster.election.TopicDefaults;
import java.util.List;

/** The handlers that describe and change the cluster. They keep no mutable state: one of each serves all event loops. */
public final class AdminHandlers {
    private AdminHandlers() {}

    public static List<ApiHandler<?, ?>> create(
            MetadataLog log, OfflineReplicas offline, BrokerConfig started, CurrentConfig config) {
        ClusterDecisions decisions = new ClusterDecisions(log);
        ResourceConfigs configs = new ResourceConfigs(log, config, new GroupConfig(started), started.brokerId());
        TopicCreator creator = new TopicCreator(
                decisions, new TopicDefaults(started.numPartitions(), started.defaultReplicationFactor()));
        OffsetsTopic offsets = new OffsetsTopic(
                log,
                creator,
                new OffsetsTopic.Settings(
                        started.offsetsTopicPartitions(),
                        started.offsetsTopicReplicationFactor(),
                        started.offsetsTopicSegmentBytes()));
        ConfigAlterations alterations = new ConfigAlterations(decisions, configs);
        return List.of(
                new MetadataHandler(log, creator, offline, started.autoCreateTopics()),
                new DescribeTopicPartitionsHandler(log, offline),
                new DescribeClusterHandler(log),
                new FindCoordinatorHandler(log, offsets, offline),
                new CreateTopicsHandler(creator, configs),
                new DeleteTopicsHandler(log, decisions, started.deleteTopicEnabled()),
                new CreatePartitionsHandler(decisions),
                new DescribeConfigsHandler(log, configs),
                new AlterConfigsHandler(alterations),
                new IncrementalAlterConfigsHandler(alterations, configs),
                new ListConfigResourcesHandler(log));
    }
}
