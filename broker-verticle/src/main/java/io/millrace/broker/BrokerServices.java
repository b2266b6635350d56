package io.millrace.broker;

import io.millrace.broker.connection.ConnectionLimits;
import io.millrace.broker.connection.ConnectionSettings;
import io.millrace.broker.connection.MemoryBudget;
import io.millrace.broker.dispatch.ApiHandler;
import io.millrace.broker.group.GroupCoordinators;
import io.vertx.core.WorkerExecutor;
import java.util.List;

/**
 * What the event loops of one broker share. Immutable; the parts are safe for any thread.
 *
 * @param loops how many event loops there are
 * @param workers bounded threads for what may block on a disk or takes long
 * @param sharedHandlers those that need no instance for each loop
 */
record BrokerServices(
        BrokerConfig config,
        BrokerStorage storage,
        List<BoundListener> listeners,
        int loops,
        ConnectionSettings connectionSettings,
        ConnectionLimits limits,
        MemoryBudget memory,
        WorkerExecutor workers,
        GroupCoordinators groups,
        List<ApiHandler<?, ?>> sharedHandlers) {}
