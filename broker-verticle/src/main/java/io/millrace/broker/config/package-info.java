/**
 * The language of configuration: keys, their types and allowed values, where values come from, and how a wrong one is
 * refused. Beside the path; immutable values, used by any thread.
 */
@NullMarked
package io.millrace.broker.config;

import org.jspecify.annotations.NullMarked;
