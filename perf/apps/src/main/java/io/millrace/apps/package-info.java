/** Small applications as users of Kafka write them, each in a process of its own. */
@NullMarked
package io.millrace.apps;

import org.jspecify.annotations.NullMarked;
