package io.millrace.broker.storage.shard;

import io.millrace.broker.storage.LogConfig;
import io.millrace.broker.storage.LogId;

/** A partition log that is to exist. */
public record NewLog(LogId id, LogConfig config) {}
