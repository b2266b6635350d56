/** What assignors promise, over random groups, and beside Kafka's. */
@NullMarked
package io.millrace.broker.group.assign;

import org.jspecify.annotations.NullMarked;
