/* What was counted of retired days before it was dropped. None of their deliveries is pending. */
/* @name listRetiredDeliveries */
select endpoint, delivered, dead, discarded from retired_deliveries;
