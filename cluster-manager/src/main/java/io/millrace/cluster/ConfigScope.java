package io.millrace.cluster;

/** What a configuration belongs to. */
public enum ConfigScope {
    /** One topic; the resource's name is the topic's name. */
    TOPIC,
    /** One broker, by its id in decimal, or every broker when the resource's name is empty. */
    BROKER,
    /** One consumer group, by its id; it need not exist. */
    GROUP
}
